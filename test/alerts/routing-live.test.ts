// What people get: a real Alertmanager on a generated configuration, with local servers in the place of Slack, PagerDuty and mail.
// The payloads are kept in golden/; `vitest -u` writes them anew, for reading.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alertmanagerFiles } from '../../alerts/routing/files.ts';
import { TIMING } from '../../alerts/routing/route-tree.ts';
import { WEEKDAYS } from '../../src/spec/notify.ts';
import { type Alertmanager, type SentAlert, startAlertmanager } from '../services/alertmanager.ts';
import { privateFolder } from '../services/process.ts';
import { type Sinks, startSinks } from '../services/sinks.ts';
import { burn, component, NOTIFY, over, routedSpec } from './routing-samples.ts';

const GOLDEN = join(import.meta.dirname, 'golden');
/** Groups wait a second for what inhibits them. An alert that began long ago is sent at once, so what inhibits must come first. */
const SHORT = { ...TIMING, groupWaitMs: 1_000, groupIntervalMs: 1_000 };
/** PLIMSOLL_ALERTMANAGER is the path of one of the shipped version; without it, it is that of Debian. */
const shipped = process.env.PLIMSOLL_ALERTMANAGER;
const version =
  shipped === undefined
    ? { config: 'alertmanager-0.25.yaml', binary: 'prometheus-alertmanager' }
    : { config: 'alertmanager.yaml', binary: shipped };

let sinks: Sinks;
let alertmanager: Alertmanager;
const folder = privateFolder('routing');

/** A weekday that is today nowhere on earth. */
const farDay = WEEKDAYS[(new Date().getUTCDay() + 2) % 7]!;
/** A place whose time is not that of UTC by five hours or more, and where it is neither late nor early. */
const place = ['Asia/Tokyo', 'America/Lima'].find((zone) => Math.abs(hourIn(zone) - 12) < 10)!;
function hourIn(timeZone: string): number {
  return Number(new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format());
}
const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;

beforeAll(async () => {
  sinks = await startSinks();
  const urlFiles = Object.fromEntries(['slack-web', 'slack-press', 'desk'].map((n) => [n, sinks.urlFile(`/${n}`)]));
  const notify = JSON.parse(
    JSON.stringify(NOTIFY).replaceAll(/"\/etc\/alertmanager\/secrets\/([a-z-]+)"/g, (_, name: string) =>
      JSON.stringify(urlFiles[name] ?? sinks.secretFile(name, `the ${name}: "key"`)),
    ),
  ) as typeof NOTIFY;
  notify.receivers = notify.receivers.map((receiver) =>
    receiver.kind === 'pagerduty' ? { ...receiver, url: `${sinks.url}/pagerduty` } : receiver,
  );
  const spec = routedSpec({
    ...notify,
    routes: [
      { severity: 'ticket', teams: ['night'], to: ['web-slack'], hours: 'closed' },
      { severity: 'ticket', teams: ['far'], to: ['web-slack'], hours: 'there' },
      ...notify.routes.map((route) => (route.hours === undefined ? route : { ...route, hours: 'open' })),
    ],
    hours: [
      { name: 'open', timeZone: 'Europe/Berlin', days: WEEKDAYS, from: '00:00', to: '24:00' },
      { name: 'closed', timeZone: 'Europe/Berlin', days: [farDay], from: '00:00', to: '24:00' },
      { name: 'there', timeZone: place, days: WEEKDAYS, from: clock(hourIn(place) - 1), to: clock(hourIn(place) + 2) },
    ],
    smtp: { ...notify.smtp, server: sinks.smtp, requireTls: false },
    deadman: { urlFile: sinks.urlFile('/deadman'), every: '5s' },
  });
  for (const { path, text } of alertmanagerFiles(spec, undefined, SHORT)) {
    mkdirSync(dirname(join(folder.path, path)), { recursive: true });
    writeFileSync(join(folder.path, path), text);
  }
  alertmanager = await startAlertmanager({ folder: join(folder.path, 'alertmanager'), ...version });
});
afterAll(async () => {
  await alertmanager?.stop();
  await sinks?.stop();
  folder.remove();
});
beforeEach(() => sinks.clear());

const stateOf = async ({ labels }: SentAlert) => {
  const all = await alertmanager.alerts();
  const own = all.find((alert) => Object.entries(labels).every(([name, value]) => alert.labels[name] === value));
  return { state: own?.status.state, to: own?.receivers.map(({ name }) => name) };
};
/** Every message so far that holds the text, with where it went. */
const toldOf = (text: string): string[] => [
  ...sinks.posts.filter(({ body }) => JSON.stringify(body).includes(text)).map(({ path }) => path),
  ...sinks.mails.filter((mail) => `${mail.subject} ${mail.text}`.includes(text)).map(() => 'mail'),
];
/** An alert that is sent after the others and is told on its own: when it has come, they had their chance. */
let marks = 0;
async function othersHadTheirChance(): Promise<void> {
  const alertname = `Mark${marks++}`;
  await alertmanager.send([{ labels: { alertname, team: 'none', severity: 'page' } }]);
  await sinks.until(alertname, () => toldOf(alertname).length > 0);
}
/** What a payload says. The key of a group is a hash of its route; newer versions write counts as numbers. */
const kept = (payload: unknown) =>
  `${JSON.stringify(payload, null, 2)
    .replaceAll(/"dedup_key": "[0-9a-f]{64}"/g, '"dedup_key": "of the group"')
    .replaceAll(/"(num_\w+)": (\d+)/g, '"$1": "$2"')}\n`;
const golden = (payload: unknown, name: string) =>
  expect(kept(payload)).toMatchFileSnapshot(join(GOLDEN, `${name}.txt`));

describe('a page', () => {
  const page = burn('db-writes', 'page-fast');
  it('goes to PagerDuty and to Slack, with everything that one needs at night', async () => {
    await alertmanager.send([page]);
    const [incident] = await sinks.until(
      'an incident',
      () => sinks.at('/pagerduty').length > 0 && sinks.at('/pagerduty'),
    );
    const [message] = await sinks.until('a message', () => sinks.at('/slack-web').length > 0 && sinks.at('/slack-web'));
    await golden(incident, 'pagerduty-page');
    await golden(message, 'slack-page');
    expect(sinks.mails).toEqual([]);
  });
  it('silences lower tiers of the same SLO: the slower page and tickets', async () => {
    const lower = ['page-slow', 'ticket-fast', 'ticket-slow'].map((tier) => burn('db-writes', tier));
    await alertmanager.send(lower);
    await othersHadTheirChance();
    for (const alert of lower) expect(await stateOf(alert)).toMatchObject({ state: 'suppressed' });
    expect(toldOf('db-writes')).toEqual([]);
  });
  it('leaves tickets of another SLO, and of the same SLO in another cluster, alone', async () => {
    const others = [burn('shop-admin', 'ticket-slow'), burn('db-writes', 'ticket-slow', 'stage')];
    await alertmanager.send(others);
    await sinks.until('both tickets', () => toldOf('shop-admin').length > 0 && toldOf('db-writes').length > 0);
    expect(toldOf('shop-admin')).toEqual(['/slack-web']);
  });
  it('silences the page of a service that needs the database, where the same team hears of it', async () => {
    const dependant = burn('shop-availability', 'page-fast');
    await alertmanager.send([dependant]);
    await othersHadTheirChance();
    expect(await stateOf(dependant)).toEqual({ state: 'suppressed', to: ['web-pager', 'web-slack'] });
    expect(toldOf('shop-availability')).toEqual([]);
  });
  it('does not silence that of another team, which hears nothing of the database', async () => {
    await alertmanager.send([burn('blog-availability', 'page-fast')]);
    await sinks.until('the page of the blog', () => sinks.at('/slack-press').length > 0);
  });
  it('does not silence the same service in another cluster', async () => {
    await alertmanager.send([burn('shop-availability', 'page-fast', 'stage')]);
    await sinks.until('the page of stage', () => toldOf('shop-availability').includes('/pagerduty'));
  });
  it('that is over is told in other words, to the same incident, and the ticket that it silenced comes out', async () => {
    await alertmanager.send(over([page, burn('db-writes', 'page-slow')]));
    const [incident, ticket] = await sinks.until('the resolve', () => {
      const found = sinks.at<{ event_action: string }>('/pagerduty').find((own) => own.event_action === 'resolve');
      const [slack] = sinks.at<{ attachments: object[] }>('/slack-web').filter((m) => kept(m).includes('RESOLVED'));
      return found !== undefined && slack !== undefined && [found, slack];
    });
    await golden(incident, 'pagerduty-resolved');
    await golden(ticket, 'slack-resolved');
    await sinks.until('the ticket', () => toldOf('ticket-slow').includes('/desk'));
  });
});

describe('the default receiver', () => {
  it('gets an alert without any label but its name, with a subject', async () => {
    await alertmanager.send([{ labels: { alertname: 'SomebodyElse' }, startsAt: '2026-01-14T10:05:00Z' }]);
    const mail = await sinks.until('a mail', () => sinks.mails[0]);
    expect(mail.subject).toBe('[ALERT] SomebodyElse fires');
    expect(mail.to).toMatchObject({ text: 'ops@example.org, night@example.org' });
    expect(mail.text).toContain('alertname=SomebodyElse');
    expect(sinks.logins).toContain('slo:the smtp: "key"');
  });
  it('gets an alert without even a name, with a subject', async () => {
    await alertmanager.send([{ labels: { instance: 'a' } }]);
    const mail = await sinks.until('a mail', () => sinks.mails.find((own) => own.text?.includes('instance=a')));
    expect(mail.subject).toBe('[ALERT] alert without a name fires');
  });
  it('gets the pages of a team without a route, in HTML and text', async () => {
    const alerts = ['page-fast', 'page-slow'].map((tier) => burn('shop-admin', tier));
    const foreign = alerts.map((alert) => ({ ...alert, labels: { ...alert.labels, team: 'nobody', slo: 'x' } }));
    await alertmanager.send(foreign.slice(0, 1));
    const mail = await sinks.until('a mail', () => sinks.mails[0]);
    await expect(`Subject: ${mail.subject}\n\n${mail.text}`).toMatchFileSnapshot(join(GOLDEN, 'email-page.txt'));
    await expect(String(mail.html)).toMatchFileSnapshot(join(GOLDEN, 'email-page.html.txt'));
    await alertmanager.send(over(foreign.slice(0, 1)));
    const end = await sinks.until('a second mail', () => sinks.mails.find((own) => own.subject?.includes('RESOLVED')));
    await expect(`Subject: ${end.subject}\n\n${end.text}`).toMatchFileSnapshot(join(GOLDEN, 'email-resolved.txt'));
    await expect(String(end.html)).toMatchFileSnapshot(join(GOLDEN, 'email-resolved.html.txt'));
  });
});

describe('several alerts', () => {
  it('of one group come in one message that lists them', async () => {
    const lag = ['shop-db', 'blog-db'].map((target) => component({ target, alertname: 'Lag' }));
    await alertmanager.send(lag);
    const isList = (own: object) => kept(own).includes('1 more');
    const message = await sinks.until('a list', () => sinks.at<object>('/slack-web').find(isList));
    await golden(message, 'slack-list');
    await alertmanager.send(over(lag));
    const isEnd = (own: object) => kept(own).includes('is over');
    const end = await sinks.until('the end', () => sinks.at<object>('/slack-web').find(isEnd));
    await golden(end, 'slack-list-resolved');
  });
  it('come in one mail, also when some are over', async () => {
    const tickets = ['shop-admin', 'shop-availability', 'db-writes'].map((name) => {
      const { labels, ...rest } = burn(name, 'ticket-fast', 'edge');
      return { ...rest, labels: { ...labels, team: 'nobody', service: 'shop' } };
    });
    await alertmanager.send(tickets);
    await sinks.until('all three', () => sinks.mails.some((mail) => mail.subject?.includes('and 2 more')));
    await alertmanager.send(over(tickets.slice(0, 1)));
    const mail = await sinks.until('a second mail', () => sinks.mails.find((own) => own.text?.includes('It lasted')));
    await expect(`Subject: ${mail.subject}\n\n${mail.text}`).toMatchFileSnapshot(join(GOLDEN, 'email-list.txt'));
    await expect(String(mail.html)).toMatchFileSnapshot(join(GOLDEN, 'email-list.html.txt'));
  });
});

describe('maintenance', () => {
  const window = (labels: object): SentAlert => ({
    labels: { alertname: 'MaintenanceActive', severity: 'none', cluster: 'prod', ...labels },
  });
  it('silences components with the same target or service; nobody is told of it', async () => {
    await alertmanager.send([window({ target: 'cache' }), window({ service: 'mail' })]);
    await othersHadTheirChance();
    const silent = [component({ target: 'cache' }), component({ service: 'mail', alertname: 'MailQueue' })];
    const slo = burn('shop-admin', 'ticket-fast');
    const told = [
      component({ target: 'cache-2' }),
      component({ target: 'cache', cluster: 'stage' }),
      component({}),
      // An SLO counts no events of a maintenance, so what its alert says has another cause.
      { ...slo, labels: { ...slo.labels, slo: 'mail', service: 'mail', target: 'cache' } },
    ];
    await alertmanager.send(silent);
    await othersHadTheirChance();
    for (const alert of silent) expect(await stateOf(alert)).toMatchObject({ state: 'suppressed' });
    expect(sinks.at('/slack-web')).toEqual([]);
    await alertmanager.send(told);
    await sinks.until('those of both clusters', () => toldOf('shop-db lags').length >= 2);
    await sinks.until('that of the SLO', () => toldOf('shop-admin burns').length > 0);
    for (const alert of told) expect(await stateOf(alert)).toMatchObject({ state: 'active' });
    expect(await stateOf(window({ target: 'cache' }))).toEqual({ state: 'active', to: ['_nowhere'] });
  });
});

describe('business hours', () => {
  const ticket = (team: string): SentAlert => component({ team, alertname: `Ticket${team}` });
  it('within them the receivers of the route are told, and the default is not', async () => {
    await alertmanager.send([ticket('far')]);
    await sinks.until('the ticket', () => sinks.at('/slack-web').length > 0);
    await othersHadTheirChance();
    expect(sinks.mails.filter((mail) => mail.text?.includes('lags'))).toEqual([]);
  });
  it('outside of them the default is told at once, and the receivers of the route are not', async () => {
    await alertmanager.send([ticket('night')]);
    await sinks.until('the mail', () => toldOf('lags').includes('mail'));
    await othersHadTheirChance();
    expect(sinks.at('/slack-web')).toEqual([]);
  });
});

describe('the heartbeat', () => {
  it('beats once per interval, at the dead-man’s switch alone; a Watchdog of somebody else does not', async () => {
    await alertmanager.send([{ labels: { alertname: 'Watchdog', severity: 'none', cluster: 'other' } }]);
    await othersHadTheirChance();
    expect(sinks.at('/deadman')).toEqual([]);
    await alertmanager.send([{ labels: { alertname: 'Watchdog', heartbeat: 'plimsoll', severity: 'none' } }]);
    const beats = await sinks.until('three beats', () => {
      const all = sinks.posts.filter(({ path }) => path === '/deadman');
      return all.length >= 3 && all;
    });
    const gaps = beats.slice(1).map(({ atMs }, i) => Math.round((atMs - beats[i]!.atMs) / 5_000));
    expect(gaps).toEqual([1, 1]);
    expect(toldOf('heartbeat').filter((path) => path !== '/deadman')).toEqual([]);
  });
});

it('every notification arrived: Alertmanager counts no failure', async () => {
  for (const kind of ['slack', 'pagerduty', 'email', 'webhook']) {
    const series = (what: string) => `alertmanager_notifications_${what}total{integration="${kind}"}`;
    expect(await alertmanager.metric(series('failed_'))).toBe(0);
  }
});
