// Dump, copy and drill as their CronJobs run them, with Debian's tools: the database of an installed WordPress, and two object storages of
// the tests for the two regions. What the alerts look at is the end of each job, so each fault must end it with something else than 0.

import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { KUBERNETES } from '../../../infra/kubernetes/environments.ts';
import { type MariaDb, startMariadb } from '../../services/mariadb.ts';
import { type ObjectStorage, startObjectStorage } from '../../services/object-storage.ts';
import { privateFolder } from '../../services/process.ts';
import type { S3Object } from '../../services/s3-answers.ts';
import { startWordpress } from '../../services/wordpress.ts';

const JOBS = join(KUBERNETES, 'backup/jobs');
const folder = privateFolder('backup');
const PASSWORD = `it's "one" \\ of # $HOME`;
let mariadb: MariaDb;
let primary: ObjectStorage;
let copy: ObjectStorage;
let keys: { people: string; drill: string; recipient: string };

/** A key pair of age in a file; gives its public half. */
function keyPair(name: string): [file: string, recipient: string] {
  const file = join(folder.path, name);
  execFileSync('age-keygen', ['--output', file], { stdio: 'pipe' });
  return [file, /public key: (age1\w+)/.exec(readFileSync(file, 'utf8'))![1]!];
}

const remote = (name: string, { endpoint, region, accessKey, secretKey }: ObjectStorage) =>
  Object.fromEntries(
    Object.entries({
      TYPE: 's3',
      PROVIDER: 'Other',
      ENDPOINT: endpoint,
      REGION: region,
      ACCESS_KEY_ID: accessKey,
      SECRET_ACCESS_KEY: secretKey,
    }).map(([key, value]) => [`RCLONE_CONFIG_${name}_${key}`, value]),
  );

const put = (storage: ObjectStorage, bucket: string, key: string, data: Buffer) =>
  storage.objects(bucket).set(key, {
    data,
    etag: createHash('md5').update(data).digest('hex'),
    modified: new Date(),
    headers: {},
  });

let runs = 0;
/** Runs a job; `dump` is a pipe of the shell through which goes what mariadb-dump writes. */
function run(
  job: string,
  changed: Readonly<Record<string, string>> = {},
  dump = 'cat',
): Promise<{ code: number; out: string; left: string[] }> {
  runs += 1;
  const [room, bin] = ['room', 'bin'].map((name) => join(folder.path, String(runs), name)) as [string, string];
  for (const path of [room, bin]) mkdirSync(path, { recursive: true });
  writeFileSync(join(bin, 'mariadb-dump'), `#!/bin/bash\nset -o pipefail\n/usr/bin/mariadb-dump "$@" | ${dump}\n`, {
    mode: 0o755,
  });
  const env = {
    PATH: `${bin}:${process.env.PATH}:/usr/sbin`,
    HOME: room,
    ROOM: room,
    DATABASE_SERVER: `127.0.0.1:${mariadb.port}`,
    DATABASE_NAME: 'wordpress',
    DATABASE_USER: 'dumper',
    DATABASE_PASSWORD: PASSWORD,
    AGE_RECIPIENT: keys.recipient,
    AGE_IDENTITY_FILE: keys.drill,
    BUCKET: 'backups-1',
    BUCKETS: 'media=media-1 backups=backups-1',
    COPY_BUCKET: 'copy-1',
    MAX_AGE_HOURS: '26',
    RCLONE_CONFIG: join(room, 'rclone.conf'),
    ...remote('PRIMARY', primary),
    ...remote('COPY', copy),
    ...changed,
  };
  return new Promise((resolve) => {
    execFile('bash', [join(JOBS, `${job}.sh`)], { env, timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : Number(error.code ?? -1),
        out: stdout + stderr,
        left: readdirSync(room).filter((name) => name.startsWith('d')),
      }),
    );
  });
}

const dumpsIn = (storage: ObjectStorage, bucket: string): string[] =>
  [...storage.objects(bucket).keys()].filter((key) => key.endsWith('.age'));

beforeAll(async () => {
  mariadb = await startMariadb();
  await (await startWordpress(mariadb, 'https://shop.plimsoll.test:8443')).remove();
  await mariadb.sql(
    `CREATE USER dumper@'%' IDENTIFIED BY '${PASSWORD.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  );
  await mariadb.sql("GRANT ALL ON wordpress.* TO dumper@'%'");
  primary = await startObjectStorage(['backups-1', 'media-1']);
  copy = await startObjectStorage(['copy-1'], { region: 'eu-central-4' });
  const [people, recipient] = keyPair('people');
  keys = { people, recipient, drill: keyPair('drill')[0] };
  stop = async () => {
    await mariadb.remove();
    await primary.stop();
    await copy.stop();
  };
}, 120_000);
let stop = async (): Promise<void> => {};
afterAll(async () => {
  await stop();
  folder.remove();
});

describe('dump, copy and drill', () => {
  it('bring the site back from the other region, and leave nothing behind', async () => {
    put(primary, 'media-1', 'wp-content/uploads/a.jpg', Buffer.from('picture'));
    const dumped = await run('backup-mariadb');
    expect(dumped).toMatchObject({ code: 0, left: [] });
    expect(dumped.out).toMatch(
      /^primary:backups-1\/mariadb\/wordpress\/\d{4}\/\d\d\/[\dT-]+Z\.sql\.gz\.age: \d+ bytes, encrypted$/m,
    );
    const copied = await run('replicate-buckets');
    expect(copied).toMatchObject({ code: 0, out: expect.stringMatching(/media: 1 objects\nbackups: 1 objects/) });
    expect([...copy.objects('copy-1').keys()].sort()).toEqual([
      `backups/${dumpsIn(primary, 'backups-1')[0]}`,
      'media/wp-content/uploads/a.jpg',
    ]);
    const drilled = await run('drill-restore');
    expect(drilled).toMatchObject({ code: 0, left: [] });
    expect(drilled.out).toMatch(/restored .*, 0 hours old: \d\d tables of https:\/\/shop\.plimsoll\.test:8443/);
  });

  it('people can read the dump with their key alone, and nobody without one', () => {
    const [dump] = dumpsIn(primary, 'backups-1');
    const body = primary.objects('backups-1').get(dump!)!.data;
    expect(body.includes('wp_options')).toBe(false);
    const plain = execFileSync('bash', ['-c', `age --decrypt --identity '${keys.people}' | gunzip`], {
      input: body,
      maxBuffer: 1e9,
    });
    expect(plain.toString()).toContain('INSERT INTO `wp_options`');
  });
});

describe('a dump', () => {
  it.each<[string, Record<string, string>, string, RegExp]>([
    [
      'from a server that is not there',
      { DATABASE_SERVER: '127.0.0.1:1' },
      'cat',
      /cannot dump wordpress on 127\.0\.0\.1:1/,
    ],
    ['with a wrong password', { DATABASE_PASSWORD: 'wrong' }, 'cat', /cannot dump wordpress/],
    ['that breaks off', {}, 'sed --quiet 1,40p', /is not whole/],
    ['into a bucket that is not there', { BUCKET: 'gone' }, 'cat', /cannot write to the bucket gone/],
    ['for a key that is none', { AGE_RECIPIENT: 'age1wrong' }, 'cat', /cannot dump/],
    ['without its settings', { BUCKET: '' }, 'cat', /the variable BUCKET is missing/],
  ])('%s fails, and nothing gets into the bucket', async (_, changed, dump, said) => {
    const before = dumpsIn(primary, 'backups-1').length;
    const { code, out, left } = await run('backup-mariadb', changed, dump);
    expect(out).toMatch(said);
    expect(out).not.toContain(PASSWORD);
    expect([code, left, dumpsIn(primary, 'backups-1').length]).toEqual([1, [], before]);
  });
});

describe('a copy', () => {
  it('never deletes, and refuses a bucket that is suddenly empty', async () => {
    const media = primary.objects('media-1');
    const kept = new Map(media);
    media.clear();
    const { code, out } = await run('replicate-buckets');
    for (const [key, value] of kept) media.set(key, value);
    expect(code).toBe(1);
    expect(out).toContain('the bucket media-1 is empty, and its copy has 1 objects');
    expect(copy.objects('copy-1').has('media/wp-content/uploads/a.jpg')).toBe(true);
  });

  it('of an empty bucket of a new site is none', async () => {
    copy.objects('copy-1').delete('media/wp-content/uploads/a.jpg');
    const media = primary.objects('media-1');
    media.clear();
    expect(await run('replicate-buckets')).toMatchObject({ code: 0, out: expect.stringContaining('media: empty') });
  });

  it('fails when the other region refuses', async () => {
    copy.fail([503, 'SlowDown']);
    const { code, out } = await run('replicate-buckets', { RCLONE_LOW_LEVEL_RETRIES: '1', RCLONE_RETRIES: '1' });
    copy.fail(undefined);
    expect([code, out]).toEqual([1, expect.stringMatching(/cannot copy|not whole/)]);
  });
});

describe('a drill', () => {
  let whole: readonly [string, S3Object][];
  beforeEach(() => {
    whole ??= [...copy.objects('copy-1')];
    copy.objects('copy-1').clear();
    for (const [key, value] of whole) copy.objects('copy-1').set(key, value);
  });
  /** Replaces the dump in the other region. */
  const dumpIs = (to: (data: Buffer) => Buffer, key = dumpsIn(copy, 'copy-1')[0]!) => {
    const { data } = copy.objects('copy-1').get(dumpsIn(copy, 'copy-1')[0]!)!;
    copy.objects('copy-1').clear();
    put(copy, 'copy-1', key, to(data));
  };
  const script = 'gzip | age --encrypt --recipient "$1" --identity "$2"';
  const encrypted = (sql: string): Buffer =>
    execFileSync('bash', ['-c', script, 'bash', keys.recipient, keys.drill], { input: sql });
  const flipped = (data: Buffer): Buffer => {
    const other = Buffer.from(data);
    other[other.length - 9]! ^= 1;
    return other;
  };
  const end = '-- Dump completed\n';

  it.each<[string, () => void, RegExp]>([
    ['without a dump', () => copy.objects('copy-1').clear(), /there is no dump in copy:copy-1/],
    ['of a dump with a flipped byte', () => dumpIs(flipped), /cannot be restored/],
    ['of half a dump', () => dumpIs((data) => data.subarray(0, data.length / 2)), /cannot be restored/],
    [
      'of a dump that breaks off before its end',
      () => dumpIs(() => encrypted('CREATE TABLE wp_options (a INT);\n')),
      /is not whole/,
    ],
    [
      'of something else',
      () => dumpIs(() => encrypted(`CREATE TABLE x (a INT);\n${end}`)),
      /no table of WordPress' options/,
    ],
    [
      'of a site without a name',
      () => dumpIs(() => encrypted(`CREATE TABLE wp_options (option_name TEXT, option_value TEXT);\n${end}`)),
      /has no site in it/,
    ],
    [
      'of SQL that is none',
      () => dumpIs(() => encrypted(`CREATE TABEL x;\n${end}`)),
      /cannot be restored: .*ERROR 1064 \(42000\) at line 1/,
    ],
    [
      'of a dump of the winter',
      () => dumpIs((data) => data, 'backups/mariadb/wordpress/2026/01/2026-01-02T030405Z.sql.gz.age'),
      /the newest dump, .*, is \d+ hours old/,
    ],
  ])('%s fails, and leaves nothing behind', async (_, breakIt, said) => {
    breakIt();
    const { code, out, left } = await run('drill-restore');
    expect(out).toMatch(said);
    expect([code, left]).toEqual([1, []]);
  });

  it('with the key of others fails', async () => {
    const { code, out } = await run('drill-restore', { AGE_IDENTITY_FILE: keyPair('others')[0] });
    expect([code, out]).toEqual([1, expect.stringMatching(/cannot be restored: .*no identity matched/)]);
  });
});

it('the CronJobs are called as the alerts ask, run the scripts that are there, and give each of them what it needs', () => {
  const jobs = parseAllDocuments(readFileSync(join(JOBS, 'cronjobs.yaml'), 'utf8')).map((document) => document.toJS());
  expect(jobs.map(({ metadata }) => metadata.name)).toEqual(['backup-mariadb', 'replicate-buckets', 'drill-restore']);
  for (const { metadata, spec } of jobs) {
    const [container] = spec.jobTemplate.spec.template.spec.containers;
    expect(container.command).toEqual([`/scripts/${metadata.name}.sh`]);
    const script = readFileSync(join(JOBS, `${metadata.name}.sh`), 'utf8');
    const needed = /for name in (.*); do/.exec(script)![1]!.split(' ');
    const given = container.env.map(({ name }: { name: string }) => name);
    expect(
      needed.filter((name) => !given.includes(name)),
      metadata.name,
    ).toEqual([]);
    const remotes = [...script.matchAll(/\b(primary|copy):/g)].map(([, name]) => name!.toUpperCase());
    expect(
      new Set(given.filter((name: string) => /^RCLONE_CONFIG_\w/.test(name)).map((name: string) => name.split('_')[2])),
    ).toEqual(new Set(remotes));
  }
});
