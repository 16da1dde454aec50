// plimsoll diff --against a real Prometheus, which takes its rules from files and prints expressions its own way: one suite for
// Debian's (npm test) and for Prometheus 3 (npm run test:platform). Against Mimir it is in push-contract.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { makeCa } from '../services/ca.ts';
import { freePort, privateFolder, type Server, startServer } from '../services/process.ts';
import { burn, group, plimsoll, record, watchdog, writeGenerated } from './push-run.ts';

const GROUPS = [group('slo-page', [record('slo:a:sum'), burn({ keepFiringForMs: 300_000 })]), group('old', [watchdog])];
const FOREIGN = group('kubernetes', [{ ...watchdog, alert: 'KubePodCrashLooping' }]);

/** `binary`: asked when the suite starts. */
export function diffContract(name: string, binary: () => string): void {
  describe(`diff --against ${name}`, () => {
    const folder = privateFolder('diff');
    const at = (name: string) => join(folder.path, name);

    let server: Server;
    let url: string;
    let ca: string;
    beforeAll(async () => {
      const authority = makeCa(folder.path);
      const { cert, key } = authority.issue('prometheus', ['127.0.0.1']);
      ca = authority.cert;
      // Bearer tokens are checked by proxies; Prometheus itself only knows TLS and passwords.
      writeFileSync(at('web.yml'), `tls_server_config: { cert_file: ${cert}, key_file: ${key} }\n`);
      mkdirSync(at('loaded'));
      writeFileSync(at('loaded/plimsoll.yaml'), prometheusRuleFile(GROUPS));
      writeFileSync(at('loaded/others.yaml'), prometheusRuleFile([FOREIGN]));
      writeFileSync(at('p.yml'), 'rule_files: [loaded/*.yaml]\n');
      const port = await freePort();
      url = `https://127.0.0.1:${port}`;
      const ready = async () =>
        (await plimsoll(folder.path, 'diff', '--against', url, '--ca', ca, '--from', at('web.yml'))).code === 2;
      const flags = [
        `--config.file=${at('p.yml')}`,
        `--storage.tsdb.path=${at('data')}`,
        `--web.config.file=${at('web.yml')}`,
      ];
      server = await startServer(binary(), [...flags, `--web.listen-address=127.0.0.1:${port}`], ready);
    });
    afterAll(async () => {
      await server?.stop();
      folder.remove();
    });
    const diff = (from: string, groups: Parameters<typeof writeGenerated>[1]) =>
      plimsoll(folder.path, 'diff', '--against', url, '--ca', ca, '--from', writeGenerated(at(from), groups));

    it('finds no difference to what is loaded, however Prometheus prints it', async () => {
      expect(await diff('same', GROUPS)).toEqual({
        code: 0,
        out: `Prometheus ${url}: 2 groups with 3 rules, as in ${at('same')}\n`,
      });
    });

    it('says what differs, in our groups only', async () => {
      const page = [record('slo:a:sum'), burn({ forMs: 120_000, expr: burn().expr.replace('14.4', '6') })];
      const { code, out } = await diff('changed', [group('slo-page', page), group('new', [watchdog])]);
      expect(code).toBe(1);
      expect(out.split('\n')).toEqual([
        'group old: is removed, with 1 rule',
        'group slo-page: alert SLOErrorBudgetBurn: for 1m -> 2m; keep_firing_for 5m -> 0s; expression changed: …[5m])) > 14.4 * 0.001 -> …[5m])) > 6 * 0.001',
        'group new: is new, 1 rule every 30s',
        `Prometheus ${url}: 3 differences to ${at('changed')} (loaded -> generated)`,
        '',
      ]);
    });

    it('shows an expression that this Prometheus cannot read as a difference', async () => {
      const page = [record('slo:a:sum'), { ...burn({ keepFiringForMs: 300_000 }), expr: 'new_function(up)' }];
      const { code, out } = await diff('unknown', [group('slo-page', page), group('old', [watchdog])]);
      expect([code, out]).toEqual([1, expect.stringContaining('-> new_function(up)')]);
    });

    it('says that a group is loaded from two files', async () => {
      writeFileSync(at('loaded/twice.yaml'), prometheusRuleFile([group('old', [watchdog])]));
      server.signal('SIGHUP');
      const again = () => diff('twice', GROUPS);
      await expect.poll(async () => (await again()).out, { timeout: 20_000 }).toContain('group old is loaded twice: ');
    });

    it.each([
      [['diff'], 2, 'say what to compare with: plimsoll diff --against http://mimir:8080'],
      [['diff', '--against', 'http://127.0.0.1:1', '--from', 'same'], 4, 'cannot reach http://127.0.0.1:1'],
      [['diff', '--against', '<url>', '--from', 'same'], 4, 'trust its authority with --ca FILE'],
      [
        ['diff', '--against', '<url>/graph/', '--ca', '<ca>', '--from', 'same'],
        4,
        'write the URL without the path of the API',
      ],
      [
        ['diff', '--against', '<url>', '--ca', '<ca>', '--from', 'none'],
        2,
        '--from none: no such file; run npm run alerts first',
      ],
    ])('%j', async (args, code, message) => {
      const filled = args.map((arg) => arg.replace('<url>', url).replace('<ca>', ca));
      expect(await plimsoll(folder.path, ...filled)).toEqual({ code, out: expect.stringContaining(message) });
    });
  });
}
