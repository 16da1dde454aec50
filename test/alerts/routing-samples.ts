// A spec with every kind of receiver, and alerts as the rules send them: for the tests of routing.
import type { Spec } from '../../src/spec/spec.ts';
import type { SentAlert } from '../services/alertmanager.ts';
import { validSpec } from '../spec/specs.ts';

const slo = (name: string, service: string, team: string, target: string, dependsOn: readonly string[] = []) => ({
  name,
  service,
  team,
  objective: '99.9%',
  window: '30d',
  sli: { kind: 'probe', target },
  dependsOn,
});

export const TARGETS = [
  { name: 'shop', kind: 'wordpress', url: 'https://shop.example.org/' },
  { name: 'blog', kind: 'wordpress', url: 'https://blog.example.org/' },
  { name: 'shop-db', kind: 'mariadb', url: 'mysql://u@db.internal:3306/p' },
];
/** The database and the shop belong to web; the blog needs the same database, and another team hears of it. */
export const SLOS = [
  slo('shop-availability', 'shop', 'web', 'shop', ['shop-db']),
  slo('shop-admin', 'shop', 'web', 'shop'),
  slo('db-writes', 'db', 'web', 'shop-db'),
  slo('blog-availability', 'blog', 'press', 'blog', ['shop-db']),
];

export const SECRETS = '/etc/alertmanager/secrets';
export const NOTIFY = {
  default: 'ops-mail',
  receivers: [
    { name: 'ops-mail', kind: 'email', to: ['ops@example.org', 'night@example.org'] },
    { name: 'web-pager', kind: 'pagerduty', routingKeyFile: `${SECRETS}/pagerduty` },
    { name: 'web-slack', kind: 'slack', urlFile: `${SECRETS}/slack-web`, channel: '#web' },
    { name: 'press-slack', kind: 'slack', urlFile: `${SECRETS}/slack-press` },
    { name: 'desk', kind: 'webhook', urlFile: `${SECRETS}/desk` },
  ],
  routes: [
    { severity: 'page', teams: ['web'], to: ['web-pager', 'web-slack'] },
    { severity: 'ticket', teams: ['web'], services: ['db'], to: ['desk'] },
    { severity: 'ticket', teams: ['web'], to: ['web-slack'], hours: 'office' },
    { services: ['blog'], to: ['press-slack'] },
  ],
  hours: [{ name: 'office', timeZone: 'Europe/Berlin', from: '08:00', to: '18:00' }],
  smtp: {
    server: 'mail.example.org:587',
    from: 'slo@example.org',
    username: 'slo',
    passwordFile: `${SECRETS}/smtp`,
  },
  deadman: { urlFile: `${SECRETS}/deadman` },
};

/** The sample as a spec, with changes to the section notify. */
export const routedSpec = (change: object = {}, slos: readonly object[] = SLOS): Spec =>
  validSpec({ targets: TARGETS, slos, notify: { ...NOTIFY, ...change } });

const BOARD = 'https://grafana.example.org/d/slo?var-slo=';
/** An alert of one tier of an SLO. */
export const burn = (name: string, tier: string, cluster = 'prod'): SentAlert => {
  const { service, team, sli } = SLOS.find((own) => own.name === name)!;
  const severity = tier.startsWith('page') ? 'page' : 'ticket';
  return {
    labels: { alertname: 'SLOErrorBudgetBurn', cluster, service, severity, slo: name, target: sli.target, team, tier },
    annotations: {
      summary: `${name} burns its error budget at 15.8 times the rate it can afford`,
      description: `The SLO ${name} of ${service} (${team}) had 19 bad of 1200 in 1h, burn rate 15.8; 4 bad of 100 in 5m, burn rate 40.0.`,
      burn_long: '19 bad of 1200 in 1h, burn rate 15.8',
      burn_short: '4 bad of 100 in 5m, burn rate 40.0',
      budget_left: '61.24% of the period',
      exhausted_in: '11h 1m 24s',
      since: '2026-01-14 10:03:00 +0000 UTC',
      causes: '14x front: timeout (site), 5x rest: http_5xx (site)',
      runbook_url: `https://git.example.org/runbooks/SLOErrorBudgetBurn.md`,
      dashboard_url: BOARD + name,
      slo_url: `https://slo.example.org/api/v1/slos/${name}`,
    },
    startsAt: '2026-01-14T10:05:00Z',
  };
};

export const component = (labels: Readonly<Record<string, string>>): SentAlert => ({
  labels: { alertname: 'MariaDBReplicaLag', cluster: 'prod', severity: 'ticket', team: 'web', ...labels },
  annotations: {
    summary: 'replica-1 of shop-db lags 48 s behind',
    description: 'Writes arrive late at <replica-1> & reads there are stale.',
    runbook_url: 'alerts/runbooks/MariaDBReplicaLag.md',
  },
  startsAt: '2026-01-14T10:05:00Z',
});

/** The same alerts, over. */
export const over = (alerts: readonly SentAlert[]): SentAlert[] =>
  alerts.map((alert) => ({ ...alert, endsAt: '2026-01-14T10:47:30Z' }));
