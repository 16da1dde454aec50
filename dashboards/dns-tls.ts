// DNS, TLS and certificates: does the name lead to the CDN, is the certificate valid, and will it be next week.
import { DAYS } from '../alerts/rules/dns-tls.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard } from './links.ts';
import { alertPanels, chart, number, probePanels } from './part-panels.ts';

const DAY = 86_400;
const LEFT = `min by (cluster, target) (probe_cert_not_after_timestamp_seconds{${IN_CLUSTER}}) - time()`;
const NO_TLS = 'no certificate is probed';

export const dnsTls = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'dns-tls');
  const [dnsFailing, dnsLanes, dnsOutcomes, durations] = probePanels('dns', 'DNS');
  const [tlsFailing, tlsLanes, tlsOutcomes] = probePanels('tls', 'TLS');
  return {
    uid: 'plimsoll-dns-tls',
    title: 'DNS, TLS and certificates',
    description:
      'Whether the name leads where it should and the certificate holds: what fails here fails for every visitor at once.',
    uses: ['cluster'],
    first: [
      { ...dnsFailing, title: 'DNS: failing checks', width: 4 },
      { ...tlsFailing, title: 'TLS: failing checks', width: 4 },
      firing,
      which,
      number(
        {
          title: 'First certificate to expire',
          description:
            'Time left of the certificate that is served. Renewal happens 30 days before: less means that it does not work.',
          queries: [{ expr: `min(${LEFT})` }],
          unit: 's',
          decimals: 0,
          base: 'red',
          thresholds: [
            { from: 7 * DAY, color: 'orange' },
            { from: DAYS * DAY, color: 'green' },
          ],
          empty: NO_TLS,
        },
        6,
      ),
      {
        kind: 'table',
        title: 'Certificates',
        description:
          'Time left by target, the shortest first. If cert-manager has a newer one, it was renewed and not reloaded.',
        width: 18,
        height: 5,
        labels: { target: 'Target' },
        columns: [
          {
            title: 'Left',
            expr: LEFT,
            unit: 's',
            decimals: 0,
            base: 'red',
            thresholds: [
              { from: 7 * DAY, color: 'orange' },
              { from: DAYS * DAY, color: 'green' },
            ],
          },
        ],
        sortBy: { column: 'Left', descending: false },
        empty: NO_TLS,
      },
      { ...dnsLanes, title: 'DNS, step by step' },
      { ...tlsLanes, title: 'TLS, step by step' },
    ],
    rows: [
      {
        title: 'What failed, and how long it takes',
        panels: [
          { ...dnsOutcomes, title: 'What failed DNS checks ended in' },
          { ...tlsOutcomes, title: 'What failed TLS checks ended in' },
          { ...durations, title: 'How long DNS checks take' },
          chart({
            title: 'Certificates of cert-manager',
            description:
              'Time left of each as cert-manager has it. Longer than what is served: reload the gateway or upload to the CDN.',
            queries: [
              {
                expr: `min by (name) (certmanager_certificate_expiration_timestamp_seconds{${IN_CLUSTER}}) - time()`,
                legend: '{{name}}',
              },
            ],
            unit: 's',
            empty: 'cert-manager is not scraped',
          }),
          chart({
            title: 'Certificates that are not ready',
            description: 'cert-manager could not issue or renew them: kubectl describe certificate says why.',
            queries: [
              {
                expr: `sum by (name) (certmanager_certificate_ready_status{${IN_CLUSTER}, condition="False"})`,
                legend: '{{name}}',
              },
            ],
            decimals: 0,
            empty: 'cert-manager is not scraped',
          }),
        ],
      },
      { title: 'Alerts over time', panels: [history] },
    ],
    links: [toBoard('Edge', 'plimsoll-edge')],
  };
};
