// DNS, TLS and certificates: does the name lead to the CDN, is the certificate valid, and will it be next week.
import { DAYS, HOUR, SHARE } from '../alerts/rules/dns-tls.ts';
import type { Board, Column } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs } from './part-panels.ts';
import { outcomeGuide } from './probe-details.ts';
import { durationChart, failingNow, outcomeMix, stepLanes, targetTable } from './probe-panels.ts';
import {
  ALERT_WINDOW,
  alertsOf,
  failedTraces,
  OF_TARGETS,
  outcomeShare,
  type Probed,
  targetVariable,
} from './probe-queries.ts';

const DAY = 86_400;
const NO_TLS = 'no certificate is probed';
const NO_MANAGER = 'cert-manager is not scraped, or has no certificate';
/** Such targets may be probed every 15 minutes only. */
const RARE = { rareMs: HOUR / 4, windowMs: HOUR, share: SHARE } as const;
const DNS: Probed = { kind: 'dns', what: 'DNS', ...RARE };
const TLS: Probed = { kind: 'tls', what: 'TLS', ...RARE };

const ENDED =
  'Runs by outcome and who is to blame. The row "What outcomes mean" says where to look for each. Blame prober or config is ours and does not count against the site.';

/** Red where the alert fires. */
const TIME_LEFT = {
  unit: 's',
  decimals: 1,
  base: 'red',
  thresholds: [{ from: DAYS * DAY, color: 'green' }],
} as const satisfies Partial<Column>;
const SERVED = `min by (cluster, target) (probe_cert_not_after_timestamp_seconds{${IN_CLUSTER}, target=~"$target"}) - time()`;
const manager = (what: string, more = ''): string => `certmanager_certificate_${what}{${IN_CLUSTER}${more}}`;
const untilOf = (what: string): string =>
  `min by (namespace, name) (${manager(`${what}_timestamp_seconds`)} > 0) - time()`;
const NOT_READY = `max by (namespace, name) (${manager('ready_status', ', condition!="True"')})`;

export const dnsTls = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'dns-tls', OF_TARGETS);
  const own = (...names: string[]) => alertsOf(spec, 'dns-tls', ...names);
  return {
    uid: 'plimsoll-dns-tls',
    title: 'DNS, TLS and certificates',
    description:
      'Whether the name leads where it should and the certificate holds: what fails here fails for every visitor at once.',
    uses: ['cluster', 'service'],
    variables: [targetVariable('dns', 'tls')],
    first: [
      { ...failingNow(DNS), title: 'DNS: failing checks' },
      { ...failingNow(TLS), title: 'TLS: failing checks' },
      firing,
      { ...which, width: 12 },
      {
        ...stepLanes(DNS),
        title: 'DNS, step by step',
        description:
          'As bad as the worst name, over 15 minutes at least, because names are probed rarely. `resolve` red: visitors with a cold cache do not get in. `families`: IPv6 only. `authority`: name servers differ.',
        width: 12,
        height: 5,
        alerts: own('DnsNotAnswering', 'DnsWrongAnswer'),
      },
      {
        ...stepLanes(TLS),
        title: 'TLS, step by step',
        description:
          'As bad as the worst target, over 15 minutes at least. `handshake` red: browsers refuse the certificate or get none. `expiry`: still valid, but for how long, or an old one is served.',
        width: 12,
        height: 5,
        alerts: own('CertificateInvalid'),
      },
      { ...outcomeMix(DNS), title: 'What failed DNS checks ended in', description: ENDED, height: 7 },
      { ...outcomeMix(TLS), title: 'What failed TLS checks ended in', description: ENDED, height: 7 },
      {
        kind: 'table',
        title: 'Certificates that are served',
        description: `Time left, the shortest first; renewal is due with 30 days left, and red is less than ${DAYS} days. If a newer one is there and not served (targets of kind tls see that): reload the gateway, or upload it to the CDN. Else see cert-manager beside.`,
        width: 12,
        height: 7,
        labels: { target: 'Target' },
        columns: [
          { title: 'Left', expr: `min by (target) (${SERVED})`, ...TIME_LEFT },
          {
            title: 'Newer one not served',
            expr: `max by (target) (${outcomeShare('tls', 'tls_not_reloaded', HOUR)})`,
            decimals: 0,
            thresholds: [{ from: SHARE, color: 'red' }],
          },
        ],
        sortBy: { column: 'Left', descending: false },
        empty: NO_TLS,
        alerts: own('CertificateExpiresSoon', 'CertificateNotReloaded'),
        waive: ALERT_WINDOW,
      },
      {
        kind: 'table',
        title: 'Certificates of cert-manager',
        description:
          'What it has issued, not what is served. Not ready: kubectl describe certificate, then its CertificateRequest, Order and Challenge; mostly the token for DNS or a rate limit. A renewal that is due in less than nothing has failed.',
        width: 12,
        height: 7,
        labels: { name: 'Certificate', namespace: 'Namespace' },
        columns: [
          { title: 'Left', expr: untilOf('expiration'), ...TIME_LEFT },
          {
            title: 'Renewal in',
            expr: untilOf('renewal'),
            unit: 's',
            decimals: 1,
            base: 'orange',
            thresholds: [{ from: 0, color: 'green' }],
          },
          {
            title: 'State',
            expr: NOT_READY,
            unit: 'none',
            mappings: [
              { value: 0, text: 'ready', color: 'green' },
              { value: 1, text: 'not ready', color: 'red' },
            ],
          },
        ],
        sortBy: { column: 'Left', descending: false },
        empty: NO_MANAGER,
        alerts: own('CertificateNotReady'),
      },
    ],
    rows: [
      {
        title: 'Which target, and how long it takes',
        panels: [
          { ...targetTable(DNS), title: 'Which name', width: 12, height: 8 },
          { ...targetTable(TLS), title: 'Which certificate', width: 12, height: 8 },
          {
            ...durationChart(DNS),
            title: 'How long DNS checks take',
            description:
              '95 of 100 are faster. Every first visit waits for this; seconds mean that one name server is dead.',
          },
          {
            ...durationChart(TLS),
            title: 'How long TLS checks take',
            description: '95 of 100 are faster, from the connection to the end of the handshake.',
          },
        ],
      },
      {
        title: 'Certificates and alerts over time',
        panels: [
          chart({
            title: 'Time left of what is served',
            description: 'A jump up is a renewal that is served. A line that only falls, below 30 days: it was not.',
            queries: [{ expr: `min by (target) (${SERVED})`, legend: '{{target}}' }],
            unit: 's',
            base: 'red',
            thresholds: [{ from: DAYS * DAY, color: 'green' }],
            empty: NO_TLS,
          }),
          chart({
            title: 'Time left of what cert-manager has',
            description: 'A jump here and none beside: renewed, but not reloaded or not uploaded.',
            queries: [{ expr: untilOf('expiration'), legend: '{{namespace}}/{{name}}' }],
            unit: 's',
            empty: NO_MANAGER,
          }),
          { ...history, width: 24, height: 6 },
        ],
      },
      { title: 'What outcomes mean', panels: [outcomeGuide(spec, 'dns-tls')] },
      { title: 'Logs', panels: [errorLogs('cert-manager.*|external-dns.*', 'cert-manager')] },
    ],
    links: [
      toBoard('Edge', 'plimsoll-edge'),
      toBoard('Gateway', 'plimsoll-gateway'),
      toLogs('{service_name=~"cert-manager.*|external-dns.*"}'),
      failedTraces(TLS),
    ],
  };
};
