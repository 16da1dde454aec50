// From a broken part of the platform to the people: real exporter, Prometheus and Alertmanager on generated rules and routing.
// The payloads are kept in golden/; `vitest -u` writes them anew, for reading. Numbers and times in them are masked.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ruleGroups } from '../../alerts/generate.ts';
import { alertmanagerFiles } from '../../alerts/routing/files.ts';
import { TIMING } from '../../alerts/routing/route-tree.ts';
import { writeGenerated } from '../../src/files/write-generated.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { type Alertmanager, startAlertmanager } from '../services/alertmanager.ts';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { type Sinks, startSinks } from '../services/sinks.ts';
import { type Stack, specFor, startStack } from '../services/stack.ts';
import { validSpec } from '../spec/specs.ts';

/** `npm run soak`: the windows of 30 days and steps of half a minute, as in production; takes about three quarters of an hour. */
const soak = process.env.PLIMSOLL_SOAK === '1';
const HOUR = 3_600_000;
vi.setConfig({ testTimeout: soak ? 2 * HOUR : 240_000 });
const SCRAPE = soak ? '30s' : '1s';
const WINDOW = soak ? '30d' : '10m';
const OBJECTIVE = soak ? '99.9%' : '99%';

const folder = privateFolder('pages');
let stack: Stack;
let sinks: Sinks;
let exporter: Exporter;
let alertmanager: Alertmanager;
let prometheus: Prometheus;

/** Windows of a minute, so that an outage of half a minute pages and ends while one waits. */
const POLICY = soak
  ? ''
  : `policies:
  - window: 10m
    tiers:
      - { tier: page-fast, severity: page, long: 1m, short: 12s, budget: 20% }
      - { tier: ticket-slow, severity: ticket, long: 3m, short: 30s, budget: 30% }
`;
const specText = (): string => `${specFor(stack)
  .replace(/slos:\n[\s\S]*$/, '')
  .replace('interval: 3s, timeout: 2800ms, healthToken', 'interval: 2s, timeout: 1900ms, healthToken')
  .replaceAll(/interval: \d+s/g, (own) => (soak ? 'interval: 30s' : own))}slos:
  - { name: db-writes, service: shop, team: data, objective: ${OBJECTIVE}, window: ${WINDOW}, sli: { kind: probe, target: shop-db, steps: [write] } }
  - { name: shop-origin, service: shop, team: web, objective: ${OBJECTIVE}, window: ${WINDOW}, dependsOn: [shop-db], sli: { kind: probe, target: shop, steps: [uncached] } }
  - { name: redis-writes, service: shop, team: data, objective: ${OBJECTIVE}, window: ${WINDOW}, sli: { kind: probe, target: shop-cache, steps: [write] } }
${POLICY}
alerting: { interval: ${SCRAPE}, scrapeInterval: ${SCRAPE}, runbooks: "https://git.example.org/runbooks", dashboards: "https://grafana.example.org", exporter: "https://plimsoll.example.org" }
notify:
  default: mail
  receivers:
    - { name: mail, kind: email, to: [ops@example.org] }
    - { name: pager, kind: pagerduty, url: "${sinks.url}/pagerduty", routingKeyFile: ${sinks.secretFile('pagerduty', 'key')} }
    - { name: chat, kind: slack, urlFile: ${sinks.urlFile('/slack')}, channel: "#shop" }
  routes:
    - { severity: page, to: [pager, chat] }
    - { severity: ticket, to: [mail] }
  smtp: { server: "${sinks.smtp}", from: slo@example.org, requireTls: false }
  deadman: { urlFile: ${sinks.urlFile('/deadman')}, every: 5s }
`;

beforeAll(
  async () => {
    [stack, sinks] = await Promise.all([startStack(), startSinks()]);
    const text = specText();
    const spec = validSpec(text);
    const config = join(folder.path, 'plimsoll.yaml');
    writeFileSync(config, text, { mode: 0o600 });
    const timing = { ...TIMING, groupWaitMs: 4_000, groupIntervalMs: 1_000 };
    writeGenerated(folder.path, alertmanagerFiles(spec, undefined, timing));
    alertmanager = await startAlertmanager({ folder: join(folder.path, 'alertmanager') });
    exporter = await startExporter({
      args: ['--config', config, '--data', join(folder.path, 'data'), '--log-level', 'error'],
    });
    prometheus = await startPrometheus({
      scrape: new URL(exporter.url).host,
      every: SCRAPE,
      rules: prometheusRuleFile(ruleGroups(spec)),
      alertmanager: alertmanager.host,
    });
    for (let attempts = soak ? 10 : 1; attempts > 0; attempts--) {
      const measured = async () =>
        [...(await exporter.counters())].filter(([key, n]) => key.endsWith(' good') && n >= 4).length === 3;
      const failed = await until(measured, exporter.log).catch((error: unknown) => error);
      if (failed === undefined) return;
      if (attempts === 1) throw failed;
    }
  },
  soak ? HOUR : 120_000,
);
afterAll(async () => {
  await Promise.all([prometheus?.stop(), exporter?.end('SIGTERM'), alertmanager?.stop()]);
  await Promise.all([stack?.stop(), sinks?.stop()]);
  folder.remove();
});

/** A ticket goes on for a minute after the page has ended; with the windows of 30 days it all takes longer. */
async function patiently<T>(what: string, find: () => T | undefined): Promise<T> {
  for (let attempts = soak ? 120 : 3; attempts > 1; attempts--) {
    const found = await sinks.until(what, find).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return sinks.until(what, find);
}
/** The same for what is asked of Alertmanager. */
async function eventually(what: string, check: () => Promise<boolean>): Promise<void> {
  for (let attempts = soak ? 40 : 1; attempts > 1; attempts--)
    if ((await until(check, () => what).catch(() => what)) === undefined) return;
  await until(check, () => what);
}

interface Incident {
  readonly event_action: string;
  readonly payload: { readonly summary: string };
}
interface Message {
  readonly attachments: readonly { readonly title: string }[];
}
const incidents = (action: string) =>
  sinks.at<Incident>('/pagerduty').filter((incident) => incident.event_action === action);
const messages = (start: string) =>
  sinks.at<Message>('/slack').filter((message) => message.attachments[0]!.title.startsWith(start));
const state = async (slo: string, tier: string) =>
  (await alertmanager.alerts()).find((a) => a.labels.slo === slo && a.labels.tier === tier)?.status;

/** Which of two causes is the more frequent is a matter of milliseconds. */
const inOrder = (_: string, before: string, causes: string): string => before + causes.split(', ').sort().join(', ');

/** Counts, rates, times and ids differ from run to run. */
const masked = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{64}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME')
    .replaceAll(/ to \d\d:\d\d UTC/g, ' to TIME UTC')
    .replaceAll(/\d+ bad of \d+/g, 'N bad of N')
    .replaceAll(/(burn rate|budget at) [\d.]+/g, '$1 N')
    .replaceAll(/\b\d+x /g, 'Nx ')
    .replaceAll(/(Cause:\*? )((?:Nx [\w ]+: \w+ \(\w+\)(?:, )?)+)/g, inOrder)
    .replaceAll(/(Budget left:\*?) -?[\d.]+%/g, '$1 N%')
    .replaceAll(/(runs out in:?) [^\\\n"]+/gi, '$1 N')
    .replaceAll(/lasted [^,.]+/g, 'lasted N');
const golden = (payload: unknown, name: string) =>
  soak ||
  expect(masked(typeof payload === 'string' ? payload : `${JSON.stringify(payload, null, 2)}\n`)).toMatchFileSnapshot(
    join(import.meta.dirname, 'golden', `${name}.txt`),
  );

describe('when the database is stopped', () => {
  it('pages PagerDuty and Slack for the database alone, with what is needed to act', async () => {
    sinks.clear();
    await stack.database.stop();
    const incident = await patiently('an incident', () => incidents('trigger')[0]);
    const message = await patiently('a message', () => messages('[PAGE]')[0]);
    await golden(incident, 'pagerduty-page');
    await golden(message, 'slack-page');
  });
  it('silences the shop, which depends on it, and the slower tier of the database', async () => {
    await eventually('no alert of the shop', async () => (await state('shop-origin', 'page-fast')) !== undefined);
    await eventually(
      'the ticket is not suppressed',
      async () => (await state('db-writes', 'ticket-slow'))?.state === 'suppressed',
    );
    expect(await state('shop-origin', 'page-fast')).toMatchObject({ state: 'suppressed' });
    expect(await state('db-writes', 'page-fast')).toMatchObject({ state: 'active' });
    expect(incidents('trigger').map((i) => i.payload.summary.includes('db-writes'))).toEqual([true]);
    expect(sinks.mails.filter((mail) => mail.text?.includes('burns its error budget') === true)).toEqual([]);
  });
  it('says nothing of Redis, and its heart goes on beating', async () => {
    expect(await state('redis-writes', 'page-fast')).toBeUndefined();
    expect(sinks.at('/deadman').length).toBeGreaterThan(0);
  });
});

describe('when it is back', () => {
  it(
    'tells both that it is over, then mails the ticket that the page hid, and its end',
    async () => {
      await stack.database.start();
      const resolved = await patiently('the end in PagerDuty', () => incidents('resolve')[0]);
      const message = await patiently('the end in Slack', () => messages('[RESOLVED]')[0]);
      await golden(resolved, 'pagerduty-resolved');
      await golden(message, 'slack-resolved');
      const burnMail = (start: string) => () =>
        sinks.mails.find(
          (mail) => mail.subject?.startsWith(start) === true && /burns? its error budget/.test(mail.text ?? ''),
        );
      const mail = await patiently('the ticket by mail', burnMail('[TICKET]'));
      // Which SLOs stand in it depends on which of them ended first.
      await golden(mail.text!.split('\n\n')[0]!.replaceAll(/shop-origin|db-writes/g, 'SLO'), 'mail-ticket');
      // With windows of 30 days that is hours later.
      if (!soak) await patiently('the end of the ticket by mail', burnMail('[RESOLVED]'));
    },
    soak ? 2 * HOUR : 240_000,
  );
  if (!soak)
    it('leaves no burn alert behind', async () => {
      await until(
        async () => (await alertmanager.alerts()).every((a) => a.labels.alertname !== 'SLOErrorBudgetBurn'),
        () => 'burn alerts go on',
      );
    });
});
