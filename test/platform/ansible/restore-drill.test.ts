// The restore drill, for real: the database of an installed WordPress, with rows of every kind, on a MariaDB of its own. What goes wrong is
// made by a mariadb-dump that stands first in PATH and changes what the real one writes.
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MariaDb, startMariadb } from '../../services/mariadb.ts';
import { freePort, privateFolder } from '../../services/process.ts';
import { startWordpress } from '../../services/wordpress.ts';
import { toolPath } from '../tools.ts';

const SCRIPT = new URL('../../../infra/ansible/roles/bastion/files/restore-drill.sh', import.meta.url).pathname;
const README = new URL('../../../infra/ansible/README.md', import.meta.url).pathname;
const PASSWORD = `it's "one" \\ of # $HOME`;
const folder = privateFolder('drill');
let mariadb: MariaDb;

const quoted = (text: string) => `'${text.replaceAll("'", `'"'"'`)}'`;
const sqlQuoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const EARLIER = '# from an earlier drill\nrestore_drill_last_success_timestamp_seconds 1\n';
let drills = 0;

/** Runs the drill in a folder of its own; `dump`: a pipe of the shell through which goes what mariadb-dump writes. */
function drill(changed: Record<string, string> = {}, { dump = 'cat', args = [] as string[] } = {}) {
  drills += 1;
  const [settings, bin, work, textfiles] = ['settings', 'bin', 'work', 'textfiles'].map((name) =>
    join(folder.path, String(drills), name),
  ) as [string, string, string, string];
  for (const path of [bin, work, textfiles]) mkdirSync(path, { recursive: true });
  const values = {
    SOURCE_HOST: '127.0.0.1',
    SOURCE_PORT: String(mariadb.port),
    SOURCE_USER: 'drill',
    SOURCE_PASSWORD: PASSWORD,
    SOURCE_DATABASE: 'wordpress',
    TEXTFILES: textfiles,
    ...changed,
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}\n`);
  writeFileSync(settings, lines.join(''));
  writeFileSync(join(textfiles, 'restore_drill.prom'), EARLIER);
  const wrapper = `#!/bin/bash\nset -o pipefail\n/usr/bin/mariadb-dump "$@" | ${dump}\n`;
  writeFileSync(join(bin, 'mariadb-dump'), wrapper, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env.PATH}:/usr/sbin`, TMPDIR: work, HOME: folder.path };
  return new Promise<Drill>((resolve) => {
    execFile('bash', [SCRIPT, settings, ...args], { env, timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({
        status: error === null ? 0 : Number(error.code ?? -1),
        out: stdout + stderr,
        left: readdirSync(work),
        textfiles: Object.fromEntries(
          readdirSync(textfiles).map((name) => [name, readFileSync(join(textfiles, name), 'utf8')]),
        ),
      }),
    );
  });
}
interface Drill {
  readonly status: number;
  readonly out: string;
  /** What it left in the folder for temporary files. */
  readonly left: string[];
  readonly textfiles: Readonly<Record<string, string>>;
}

/** What promtool, which knows node_exporter's format, has against it. */
const checkMetrics = (text: string): string => {
  const { stdout, stderr } = spawnSync(toolPath('promtool'), ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return stdout + stderr;
};

/** The grants of the README, so that they are those that were tried. */
const grants = () =>
  [...readFileSync(README, 'utf8').matchAll(/^(?:CREATE USER|GRANT) .*;$/gm)].map(([line]) =>
    line.replace(/;$/, '').replace("'PASSWORD'", sqlQuoted(PASSWORD)),
  );

beforeAll(async () => {
  mariadb = await startMariadb();
  const wordpress = await startWordpress(mariadb, 'https://shop.plimsoll.test:8443');
  await wordpress.remove();
  await mariadb.sql(
    `CREATE TABLE wordpress.wp_kinds (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, text LONGTEXT, bin VARBINARY(64), at DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00', price DECIMAL(12,4), ratio DOUBLE, kind ENUM('a','b'), doc JSON, flag BIT(3)) DEFAULT CHARSET=utf8mb4`,
    "SET sql_mode = ''",
    "INSERT INTO wordpress.wp_kinds (text, bin, price, ratio, kind, doc, flag) VALUES ('shop 🚢 — ünïcode', X'00FF0A0D275C1A', -0.0001, 0.1, 'a', '{\"a\": [1]}', b'101'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL), ('', '', 0, 1e300, 'b', '[]', b'0')",
    "CREATE VIEW wordpress.wp_published AS SELECT ID FROM wordpress.wp_posts WHERE post_status = 'publish'",
    'CREATE TRIGGER wordpress.wp_trim BEFORE INSERT ON wordpress.wp_kinds FOR EACH ROW SET NEW.text = TRIM(NEW.text)',
    'CREATE DATABASE empty',
    'CREATE DATABASE unfilled',
    'CREATE TABLE unfilled.wp_posts (id INT PRIMARY KEY)',
    ...grants(),
    ...['empty', 'unfilled'].map((name) => `GRANT SELECT, SHOW VIEW, TRIGGER ON ${name}.* TO 'drill'@'%'`),
  );
}, 180_000);
afterAll(async () => {
  await mariadb?.remove();
  folder.remove();
});

describe('a drill that succeeds', () => {
  it('writes what node_exporter takes, and tells the time and the rows', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { status, out, left, textfiles } = await drill();
    expect(status, out).toBe(0);
    expect(out).toMatch(/^restored \d+ tables with \d+ rows in \d+ s; compared \d+, written to meanwhile: none\n$/);
    const [, tables, rows, took, compared] = /(\d+) tables with (\d+) rows in (\d+) s; compared (\d+)/
      .exec(out)!
      .map(Number);
    expect(tables).toBe(13);
    expect(compared).toBe(tables);
    const [count] = (await mariadb.sql('SELECT COUNT(*) AS n FROM wordpress.wp_options'))[0] as [{ n: bigint }];
    expect(rows).toBeGreaterThan(Number(count.n));
    const text = textfiles['restore_drill.prom'] ?? '';
    const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    expect(value('restore_drill_last_success_timestamp_seconds')).toBeGreaterThanOrEqual(before);
    expect(value('restore_drill_last_success_timestamp_seconds')).toBeLessThanOrEqual(Date.now() / 1000);
    expect(value('restore_drill_duration_seconds')).toBe(took);
    expect(checkMetrics(text)).toBe('');
    expect(left).toEqual([]);
    expect(Object.keys(textfiles)).toEqual(['restore_drill.prom']);
  });

  it('writes nothing to the source', async () => {
    const position = async () =>
      JSON.stringify((await mariadb.sql('SHOW MASTER STATUS'))[0], (_, v) => (typeof v === 'bigint' ? Number(v) : v));
    const before = await position();
    expect(before).toMatch(/"Position":\d+/);
    expect((await drill()).status).toBe(0);
    expect(await position()).toBe(before);
  });

  it('shows the password neither in arguments of processes nor in what it says', async () => {
    const seen = new Set<string>();
    const watch = setInterval(() => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
        } catch {
          // Ended meanwhile.
        }
      }
    }, 5);
    const { out } = await drill().finally(() => clearInterval(watch));
    const lines = [...seen];
    for (const name of ['mariadb-dump', 'mariadb\0', 'mariadbd'])
      expect(
        lines.some((line) => line.includes(name)),
        name,
      ).toBe(true);
    expect(lines.filter((line) => line.includes('of # $HOME'))).toEqual([]);
    expect(out).not.toContain('of # $HOME');
  });

  it('goes on when a table is written to meanwhile, and says which', async () => {
    const sql = quoted('INSERT INTO wordpress.wp_kinds (text) VALUES (1)');
    const write = `tee >(cat >/dev/null); mariadb --no-defaults --host=127.0.0.1 --port=${mariadb.port} --user=admin --password=admin --execute=${sql}`;
    const { status, out } = await drill({}, { dump: write });
    expect(status, out).toBe(0);
    expect(out).toContain('compared 12, written to meanwhile: wordpress.wp_kinds\n');
  });
});

describe.concurrent('a drill that fails', () => {
  const fails = async (message: string | RegExp, run: ReturnType<typeof drill>) => {
    const { status, out, left, textfiles } = await run;
    expect({ status, out }).toEqual({ status: 1, out: expect.stringMatching(message) });
    expect(out).not.toMatch(/of # \$HOME|ünïcode/);
    expect(textfiles).toEqual({ 'restore_drill.prom': EARLIER });
    expect(left).toEqual([]);
  };

  it('is told of a dump that ends in the middle', () =>
    fails('restore-drill: the dump is not whole', drill({}, { dump: 'head --lines=-30' })));

  it('is told of a dump whose rows are gone', () =>
    fails(
      /not the same as the source: wordpress.wp_posts\n/,
      drill({}, { dump: "sed '/^INSERT INTO `wp_posts`/,/;$/d'" }),
    ));

  it('is told of one letter that is another', () =>
    fails(/not the same as the source: wordpress.wp_kinds\n/, drill({}, { dump: "sed 's/🚢/🚣/'" })));

  it('is told of a table that is not in the dump', () =>
    fails(
      /< table\twp_links[\s\S]*tables, columns, indexes or triggers differ/,
      drill({}, { dump: "sed '/CREATE TABLE `wp_links`/,/;$/d; /`wp_links`/d'" }),
    ));

  it('is told of an index that is not in the dump', () =>
    fails(/< index\twp_posts.post_name/, drill({}, { dump: "sed '/KEY `post_name`/d'" })));

  it('is told of a trigger that is not in the dump', () =>
    fails(/< trigger\twp_kinds.wp_trim/, drill({}, { dump: "sed '/TRIGGER/,/;;$/d'" })));

  it('is told of a dump that cannot be restored', () =>
    fails(
      /^restore-drill: the dump cannot be restored: ERROR 1064 \(42000\) at line \d+\n$/,
      drill({}, { dump: "sed 's/^INSERT INTO `wp_kinds` VALUES/INSERT INTO `wp_kinds` VALES/'" }),
    ));

  it('is told of a dump that failed', () =>
    fails('restore-drill: cannot dump wordpress on 127.0.0.1:', drill({}, { dump: 'tee /dev/null; exit 3' })));

  it('is told of a source that does not answer', async () => {
    const port = String(await freePort());
    await fails(`cannot read wordpress on 127.0.0.1:${port} as drill`, drill({ SOURCE_PORT: port }));
  });

  it('is told of a wrong password', () =>
    fails(/Access denied[\s\S]*cannot read wordpress/, drill({ SOURCE_PASSWORD: 'other' })));

  it('is told of a database without tables', () =>
    fails('empty on 127.0.0.1:\\d+ has no tables', drill({ SOURCE_DATABASE: 'empty' })));

  it('is told of a database without rows', () =>
    fails('unfilled has tables, but no rows', drill({ SOURCE_DATABASE: 'unfilled' })));

  it('is told of a setting that is missing', () => fails('SOURCE_USER is missing in', drill({ SOURCE_USER: '' })));

  it('is told of a folder for metrics that is not there', () =>
    fails('cannot write to /nonexistent', drill({ TEXTFILES: '/nonexistent' })));
});

it('begins without a claim of success', async () => {
  const before = Math.floor(Date.now() / 1000);
  const { status, out, textfiles } = await drill({}, { args: ['--begin'] });
  expect(status, out).toBe(0);
  const text = textfiles['restore_drill_begin.prom'] ?? '';
  expect(checkMetrics(text)).toBe('');
  expect(Number(/^restore_drill_begin_timestamp_seconds (\d+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(before);
  expect(textfiles['restore_drill.prom']).toBe(EARLIER);
});

it('reads with the grants of the README, which allow no writing', async () => {
  const rights = JSON.stringify((await mariadb.sql("SHOW GRANTS FOR 'drill'@'%'"))[0]);
  expect(rights).toContain('GRANT SELECT, SHOW VIEW, TRIGGER ON `wordpress`.*');
  expect(rights).not.toMatch(/INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|LOCK|ALL PRIVILEGES/);
});
