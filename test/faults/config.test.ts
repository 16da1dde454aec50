// Specs that are wrong, at the start and on a reload: refused with the place, and what runs goes on.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SloView } from '../../src/engine/view.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { type Exporter, MAIN, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';
import { ports } from '../spec/specs.ts';

const GOOD = 'slo_events_total{slo="up",result="good",location="main"}';
const SECRET = 'canary-5f1c9e';
let folder: ReturnType<typeof privateFolder>;
let config: string;
let site: SmallSite;
let exporter: Exporter | undefined;
beforeEach(async () => {
  folder = privateFolder('config');
  config = join(folder.path, 'plimsoll.yaml');
  site = await startSmallSite();
});
afterEach(async () => {
  await exporter?.end('SIGKILL');
  exporter = undefined;
  site.stop();
  folder.remove();
});
const serve = async (files = config): Promise<Exporter> => {
  exporter = await startExporter({ args: ['--config', files, '--data', join(folder.path, 'data')] });
  return exporter;
};
/** A start that is refused: exit code and everything it said. */
const refused = () => {
  const args = ['--config', config, '--data', join(folder.path, 'data'), '--listen', '127.0.0.1:0'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'serve', ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, said: stdout + stderr };
};
/** Everything wrong with a spec, as rule and place. */
const found = (yaml: string) => {
  const { ok, findings } = parseSpec([{ file: 'plimsoll.yaml', text: yaml }], ports());
  return [ok, ...findings.filter((f) => f.severity === 'error').map((f) => `${f.line} ${f.path} ${f.rule}`)];
};

describe('a reload', () => {
  it('G01 of a broken file leaves the old spec in force, shows 0, says where, and 1 again when it is mended', async () => {
    writeFileSync(config, smallSpec(site.url));
    const { metric, log } = await serve();
    const valid = 'plimsoll_config_last_reload_successful';
    await until(async () => ((await metric(GOOD)) ?? 0) >= 1, log);
    expect(await metric(valid)).toBe(1);
    for (const broken of ['targets: [\n', 'slos: [{}]\n', 'targets: &a [*a, *a]\n']) {
      writeFileSync(config, broken);
      await until(async () => (await metric(valid)) === 0, log);
      const before = (await metric(GOOD))!;
      await until(async () => (await metric(GOOD))! >= before + 2, log);
      writeFileSync(config, smallSpec(site.url));
      await until(async () => (await metric(valid)) === 1, log);
    }
    expect(log()).toMatch(/the new spec is invalid: the old one stays in force/);
    expect(log()).toMatch(/plimsoll\.yaml:\d+:\d+/);
    expect(await metric('slo_events_total{slo="up",result="unmeasured",location="main"}')).toBe(0);
  });
});

const slo = (objective: string, more = '') => `targets:
  - { name: site, kind: http, url: "http://127.0.0.1:9/" }
slos:
  - name: up
    service: site
    team: web
    objective: ${objective}
    window: 30d
    sli: { kind: probe, target: site }
${more}`;

describe('a spec', () => {
  it.each(['1', '100%', '1.5', '150%', '.nan', '.inf', '-1', '"99,9%"', 'ninety', '', '[99%]'])(
    'G02 with the objective %s is refused, with line and path',
    (objective) => {
      expect(found(slo(objective))).toEqual([false, expect.stringMatching(/^7 slos\[0\]\.objective /)]);
    },
  );
  it('G02 with an objective of 0 is refused, as nothing could ever use its budget up', () => {
    expect(found(slo('0'))).toEqual([false, expect.stringMatching(/^7 slos\[0\]\.objective /)]);
    expect(found(slo('0%'))).toEqual([false, expect.stringMatching(/^7 slos\[0\]\.objective /)]);
    expect(found(slo('50%'))).toEqual([true]);
  });
  it('G02 is refused at the start with file, line and path; nothing is started', () => {
    writeFileSync(config, slo('1.5'));
    const { status, said } = refused();
    expect(status).toBe(3);
    expect(said).toMatch(/plimsoll\.yaml:7:\d+ .*\n?/);
    expect(said).toContain('nothing was started');
  });

  it.each([
    ['two SLOs of one name', slo('99%', slo('99%').split('\n').slice(3).join('\n')), /slos\[\d\]\.name duplicate/],
    ['an unknown key', slo('99%', '    objectiv: 1\n'), /slos\[0\]\.objectiv unknown-key/],
    ['a window longer than what is kept', slo('99%', 'exporter: { retention: 10d }\n'), /retention/],
  ])('G03 with %s is refused, with line and path', (_what, yaml, finding) => {
    const [ok, ...errors] = found(yaml);
    expect(ok).toBe(false);
    expect(errors.join('\n')).toMatch(finding);
  });
});

describe('a file with a secret', () => {
  const spec = () =>
    smallSpec(site.url).replace(
      'kind: http,',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: so it is written in a spec
      'kind: http, headers: { authorization: "${file:secret}" },',
    );
  it('G05 that is missing or empty refuses the start, and names the file', () => {
    writeFileSync(config, spec());
    expect(refused()).toMatchObject({ status: 3, said: expect.stringMatching(/file secret cannot be read/) });
    writeFileSync(join(folder.path, 'secret'), '');
    expect(refused()).toMatchObject({ status: 3, said: expect.stringMatching(/file secret is empty/) });
  });
  it('G05 that everybody may read is said with its name, never with what is in it; and not any more once it is closed', async () => {
    writeFileSync(config, spec());
    const secret = join(folder.path, 'secret');
    writeFileSync(secret, SECRET);
    chmodSync(secret, 0o644);
    const first = await serve();
    await until(async () => ((await first.metric(GOOD)) ?? 0) >= 1, first.log);
    expect(first.log()).toContain('can be read by everybody');
    expect(first.log()).toContain(secret);
    expect(first.log()).not.toContain(SECRET);
    await first.end('SIGTERM');
    chmodSync(secret, 0o640);
    const second = await serve();
    await until(async () => ((await second.metric(GOOD)) ?? 0) >= 1, second.log);
    expect(second.log()).not.toContain('can be read by everybody');
  });
});

describe('10,000 SLOs', () => {
  it('G06 are loaded again beside the runs: no slot is missed, all are there, and their history goes on', async () => {
    const specs = join(folder.path, 'specs');
    mkdirSync(specs);
    const some = (from: number, objective: string) =>
      `slos:\n${Array.from(
        { length: 2_000 },
        (_, i) =>
          `  - { name: slo-${from + i}, service: s, team: t, objective: ${objective}, window: 30d, sli: { kind: probe, target: seldom } }\n`,
      ).join('')}`;
    writeFileSync(join(specs, 'a.yaml'), smallSpec(site.url, 'exporter: { windowGauges: false }\n'));
    // Its SLOs have rows of 30 s: of 1 s they would need 5 GB.
    writeFileSync(join(specs, 'c.yaml'), `targets: [{ name: seldom, kind: http, url: "${site.url}" }]\n`);
    const write = (objective: string) => {
      for (let i = 0; i < 5; i++) writeFileSync(join(specs, `b${i}.yaml`), some(2_000 * i, objective));
    };
    write('99%');
    const { log, text, metric } = await serve(specs);
    const last = async () => JSON.parse(await text('/api/v1/slos/slo-9999')) as SloView;
    const before = await last();
    await until(async () => ((await metric(GOOD)) ?? 0) >= 2, log);
    for (const objective of [0.98, 0.97]) {
      write(`${100 * objective}%`);
      process.kill(exporter!.pid, 'SIGHUP');
      // It answers all the while: read between two runs, a load would hold up these as it would hold up runs.
      let answers = 0;
      await until(async () => {
        for (let i = 0; i < 20; i++) if ((await last()).objective !== objective) answers += 1;
        return (await last()).objective === objective;
      }, log);
      expect(answers).toBeGreaterThanOrEqual(20);
    }
    const good = (await metric(GOOD))!;
    await until(async () => (await metric(GOOD))! >= good + 2, log);
    const metrics = await text('/metrics');
    expect(metrics.match(/^slo_objective_ratio\{slo="slo-\d+"\} 0\.97$/gm)).toHaveLength(10_000);
    expect(metrics).toContain('slo_events_total{slo="up",result="bad",location="main"} 0\n');
    expect(metrics).not.toMatch(/^plimsoll_missed_runs_total\{.*reason="(?!late)/m);
    expect((await last()).createdMs).toBe(before.createdMs);
  });
});
