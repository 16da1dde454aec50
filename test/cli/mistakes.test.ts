// What people do wrong on the command line: every command and option ends with its exit code and says what to do, without a stack.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCa } from '../services/ca.ts';
import { privateFolder } from '../services/process.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const BOARDS = join(import.meta.dirname, '../../dashboards/generated');
const folder = privateFolder('mistakes');
const at = (name: string) => join(folder.path, name);
// Half the time of a start is reading TypeScript.
const ENV = { ...process.env, NODE_COMPILE_CACHE: at('cache') };
/** Where the servers of this test listen, by the name that stands in the arguments as <name>. */
const places: Record<string, string> = { dir: folder.path };
const servers: { close(): unknown }[] = [];

interface Ended {
  readonly code: number;
  readonly out: string;
}
const run = (args: readonly string[], cwd = folder.path): Promise<Ended> =>
  new Promise((resolve) => {
    const filled = args.map((arg) => arg.replace(/<(\w+)>/g, (_, name: string) => places[name]!));
    execFile(process.execPath, [MAIN, ...filled], { cwd, timeout: 50_000, env: ENV }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
    );
  });

async function listen(name: string, server: Server | ReturnType<typeof createTcpServer>, scheme = 'http') {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  places[name] = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  servers.push(server);
}
const answering = (status: number, body: string) =>
  createHttpServer((_, response) => response.writeHead(status, { connection: 'close' }).end(body));

beforeAll(async () => {
  const ca = makeCa(folder.path);
  const { cert, key } = ca.issue('shop', ['127.0.0.1']);
  const other = ca.issue('other', ['other.example.org']);
  const secure = (pair: { cert: string; key: string }) =>
    createHttpsServer({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) }, (_, response) =>
      response.end('{"slos":[]}'),
    );
  await listen('secure', secure({ cert, key }), 'https');
  await listen('othername', secure(other), 'https');
  await listen('html', answering(200, '<!doctype html><title>It works!</title>'));
  await listen('json', answering(200, '{"status":"ok"}'));
  await listen('list', answering(200, '{"slos":[{"name":"a"}]}'));
  await listen('null', answering(200, 'null'));
  await listen('empty', answering(200, '{"slos":[]}'));
  await listen('locked', answering(401, '{"detail":"send a token"}'));
  await listen('broken', answering(503, '{"detail":"not ready yet"}'));
  await listen(
    'ssh',
    createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
  );
  const closed = createTcpServer();
  await listen('closed', closed);
  await new Promise<void>((resolve) => closed.close(() => resolve()));

  writeFileSync(at('good.yaml'), 'targets: [{ name: shop, kind: http, url: "http://127.0.0.1:9/" }]\n');
  writeFileSync(at('bad.yaml'), 'targets: [{ name: shop, kind: htp }]\n');
  writeFileSync(at('empty.yaml'), '');
  writeFileSync(at('blank.yaml'), '\n# nothing yet\n');
  writeFileSync(at('binary'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]));
  writeFileSync(at('latin1'), Buffer.from([0xff, 0xfe, 0xe4]));
  writeFileSync(at('token'), 'right-token\n');
  writeFileSync(at('words'), 'two words\n');
  writeFileSync(at('text'), 'hello\n');
  for (const dir of ['emptydir', 'textstore', 'otherstore', 'realstore']) mkdirSync(at(dir));
  writeFileSync(at('textstore/plimsoll.db'), 'this is no database\n'.repeat(100));
  const otherStore = new DatabaseSync(at('otherstore/plimsoll.db'));
  otherStore.exec('CREATE TABLE recipes (name TEXT)');
  otherStore.close();
  const store = new DatabaseSync(at('realstore/plimsoll.db'));
  store.exec('CREATE TABLE slo (id INTEGER); CREATE TABLE tick (at_ms INTEGER)');
  store.close();
});
afterAll(() => {
  for (const server of servers) server.close();
  folder.remove();
});

const MISTAKES: readonly (readonly [line: string, code: number, says: RegExp])[] = [
  // The program
  ['', 2, /Usage: plimsoll[\s\S]*serve[\s\S]*backup/],
  ['chek', 2, /unknown command 'chek'\n\(Did you mean check\?\)\nplimsoll --help lists/],
  ['frobnicate', 2, /unknown command 'frobnicate'\nplimsoll --help lists the commands/],
  ['--bogus', 2, /unknown option '--bogus'\nplimsoll --help lists/],
  // check
  ['check', 3, /plimsoll\.yaml: no such file\n +hint: .*--config FILE.*--site URL/],
  ['check nope.yaml good.yaml', 3, /nope\.yaml: no such file/],
  ['check --config', 2, /argument missing\nplimsoll --help/],
  ['check --bogus', 2, /unknown option '--bogus'\nplimsoll --help lists .* COMMAND --help/],
  ['check --format xml', 2, /--format xml: use one of: text, json, github/],
  ['check --format jsn', 2, /--format jsn: did you mean "json"\?/],
  ['check emptydir', 3, /the directory holds no \*\.yaml\n +hint: /],
  ['check empty.yaml', 3, /the file is empty\n[\s\S]*hint: .*--config FILE/],
  ['check blank.yaml', 3, /the file is empty\n[\s\S]*hint: .*--config FILE/],
  ['check binary', 3, /the file is not text\n[\s\S]*hint: a spec is YAML/],
  ['check latin1', 3, /expected a mapping, found text[\s\S]*hint: a mapping with the keys targets, slos/],
  ['check good.yaml/x', 3, /no such file\n +hint: /],
  // preview
  ['preview dashboards', 2, /required option '--prometheus <url>' not specified/],
  [
    'preview dashboards --prometheus http://127.0.0.1:9 --from emptydir',
    2,
    /emptydir: holds no board .*dashboards\/generated/,
  ],
  [
    `preview dashboards --prometheus http://127.0.0.1:9 --from ${BOARDS} --var sloo=x`,
    2,
    /--var sloo: the boards have no such variable, but cluster, device, page, service, site, slo, target, team/,
  ],
  [
    `preview dashboards --prometheus <html> --from ${BOARDS} --out pages`,
    4,
    /without JSON: is this the URL of a Prometheus\?/,
  ],
  // explain and schema
  ['explain objektive-100', 2, /there is no rule "objektive-100"; did you mean "objective-100"\?/],
  ['explain a b', 2, /too many arguments[\s\S]*plimsoll --help/],
  ['schema x', 2, /too many arguments[\s\S]*plimsoll --help/],
  // probe
  ['probe', 2, /missing required argument 'target'\nplimsoll --help/],
  ['probe shop', 2, /neither a target .* nor a URL .*https:\/\/.*there is no plimsoll\.yaml here; .*--config FILE/],
  ['probe shp --config good.yaml', 2, /did you mean "shop"\?/],
  ['probe ftp://127.0.0.1/', 2, /nor a URL that can be probed \(http:\/\//],
  ['probe ftp://u:canary@127.0.0.1/', 2, /^the argument is neither/],
  ['probe tcp://127.0.0.1', 2, /expected a URL like tcp:\/\//],
  ['probe shop --config nope.yaml', 3, /nope\.yaml: no such file[\s\S]*nothing was probed/],
  ['probe <html> --config bad.yaml', 3, /unknown kind "htp"[\s\S]*nothing was probed/],
  ['probe <html> --output xml', 2, /--output xml: use one of: text, json/],
  ['probe <html> --ca nope', 2, /--ca nope: no such file; name a PEM file/],
  ['probe <html> --address shop', 2, /--address shop: write an IP address/],
  ['probe shop --config good.yaml --address 127.0.0.1', 2, /--ca and --address are for URLs: shop has its own/],
  // status
  ['status x', 2, /too many arguments/],
  ['status --url foo', 2, /--url foo: write a URL like http:\/\/127\.0\.0\.1:9876/],
  ['status --url localhost:9876', 2, /--url localhost:9876: write a URL like/],
  ['status --url ftp://127.0.0.1', 2, /write a URL like/],
  ['status --url http://u:canary@127.0.0.1', 2, /leave user and password out/],
  ['status --url <closed>', 4, /cannot reach the exporter at http:.*ECONNREFUSED.*is it running \(npm start\)/],
  ['status --url http://nowhere.invalid', 4, /nowhere\.invalid is not known; check --url/],
  ['status --url <html>', 4, /answers, but not as a plimsoll exporter; .*--url/],
  ['status --url <json>', 4, /answers, but not as a plimsoll exporter/],
  ['status --url <list>', 4, /answers, but not as a plimsoll exporter/],
  ['status --url <null>', 4, /answers, but not as a plimsoll exporter/],
  ['status --url <ssh>', 4, /it does not speak HTTP; check --url/],
  ['status --url <locked>', 4, /answered 401: it wants a token: --token-file FILE/],
  ['status --url <locked> --token-file token', 4, /answered 401: it does not take this token/],
  ['status --url <broken>', 4, /answered 503: not ready yet; does --url name a plimsoll exporter/],
  ['status --url <secure>', 4, /trust its authority with --ca FILE/],
  ['status --url <othername> --ca ca.pem', 4, /use the name in the certificate in --url/],
  ['status --token-file nope', 2, /--token-file nope: no such file; name a file with the token/],
  ['status --token-file emptydir', 2, /--token-file emptydir: is a directory/],
  ['status --token-file blank.yaml', 2, /more than one word/],
  ['status --token-file empty.yaml', 2, /is empty; name a file with the token/],
  ['status --ca nope', 2, /--ca nope: no such file; name a PEM file/],
  ['status --ca text', 2, /--ca text: holds no PEM certificate/],
  ['status --fail-on exausted', 2, /--fail-on exausted: did you mean "exhausted"\?/],
  ['status --output yaml', 2, /--output yaml: use one of: text, json/],
  ['status --watch --output json', 2, /--watch is for people/],
  ['status --watch --fail-on burning', 2, /--watch is for people/],
  ['status --watch --token-file nope', 2, /--token-file nope: no such file/],
  ['status --url <empty> --fail-on burning', 1, /gate shut: the exporter has no SLOs/],
  // event
  ['event --service shop', 2, /missing required argument 'kind'\nplimsoll --help/],
  ['event deploy', 2, /required option '--service <name>' not specified/],
  ['event depoly --service shop', 2, /kind depoly: did you mean "deploy"\?/],
  ['event x --service shop', 2, /kind x: use one of: deploy, core_update, .*failover/],
  ['event deploy --service shop --url foo', 2, /--url foo: write a URL like http:\/\/127\.0\.0\.1:9876/],
  ['event deploy --service shop --token-file nope', 2, /--token-file nope: no such file; name a file with the token/],
  ['event deploy --service shop --url <closed>', 4, /cannot reach the exporter at http:.*ECONNREFUSED/],
  ['event deploy --service shop --url <html>', 4, /answered 200: .*does --url name a plimsoll exporter\?/],
  ['event deploy --service shop --url <locked>', 4, /answered 401: it wants a token: .*exporter\.eventsTokenFile/],
  ['event deploy --service shop --url <broken>', 4, /answered 503: not ready yet/],
  // backup
  ['backup', 2, /missing required argument 'file'/],
  ['backup copy.db', 4, /no store at data\/plimsoll\.db; .*--data DIR/],
  ['backup copy.db --data textstore', 4, /not a store of plimsoll .*file is not a database.*--data DIR/],
  ['backup copy.db --data otherstore', 4, /not a store of plimsoll .*other tables/],
  ['backup nope/copy.db --data realstore', 2, /there is no directory nope; create it/],
  ['backup text --data realstore', 2, /text exists; name a new file/],
  ['backup emptydir --data realstore', 2, /emptydir exists; name a new file/],
  // serve
  ['serve', 3, /plimsoll\.yaml: no such file\n +hint: .*--site URL[\s\S]*nothing was started/],
  ['serve x', 2, /too many arguments/],
  ['serve --config bad.yaml', 3, /unknown kind "htp"[\s\S]*nothing was started/],
  ['serve --config good.yaml --listen nonsense', 2, /--listen nonsense: write HOST:PORT/],
  ['serve --config good.yaml --listen 127.0.0.1:99999', 2, /write HOST:PORT/],
  ['serve --config good.yaml --listen nowhere.invalid:0', 4, /cannot listen on nowhere\.invalid:0.*--listen HOST:PORT/],
  ['serve --config good.yaml --log-level loud', 2, /--log-level loud: use one of: debug, info, warn, error/],
  ['serve --ca ca.pem', 2, /--ca: only with --site/],
  ['serve --address 127.0.0.1', 2, /--address: only with --site/],
  ['serve --site <html> --config good.yaml', 2, /leave out --config, or --site/],
  ['serve --site shop.example.org', 2, /--site shop\.example\.org: write a URL like https:\/\/shop/],
  ['serve --site https://u:canary@127.0.0.1/', 2, /leave user and password out/],
  ['serve --site <html> --ca nope', 2, /--ca nope: no such file/],
  ['serve --site <html> --ca text', 2, /--ca text: holds no PEM certificate/],
  ['serve --site <html> --address shop', 2, /--address shop: write an IP address/],
  ['serve --site <closed>', 4, /cannot reach http.*refused[\s\S]*look at: nothing listens there/],
];

describe('a mistake on the command line', () => {
  it.concurrent.each(MISTAKES)('plimsoll %s ends with %d', async (line, code, says) => {
    const ended = await run(line === '' ? [] : line.split(' '));
    expect(ended.out).toMatch(says);
    expect(ended.code).toBe(code);
    expect(ended.out).not.toMatch(/plimsoll: a bug|^ +at |node:|canary/m);
  });
  it('leaves no half of a backup behind', async () => {
    for (const data of ['textstore', 'otherstore']) await run(['backup', 'half.db', '--data', data]);
    expect(() => readFileSync(at('half.db'))).toThrow('ENOENT');
  });
  it('a file that cannot be read does not hide what is wrong with the others, nor makes it up', async () => {
    writeFileSync(
      at('slos.yaml'),
      'slos: [{ name: a, service: s, team: t, objective: 100%, window: 30d, sli: { kind: probe, target: shop } }]\n',
    );
    const { out } = await run(['check', 'nope.yaml', 'slos.yaml']);
    expect(out).toContain('objective-100');
    expect(out).not.toContain('unknown-target');
    expect(out).toContain('2 errors, 0 warnings in 2 files');
  });
});

describe('what is right', () => {
  it('a store is copied, and the message says how it is restored', async () => {
    const { code, out } = await run(['backup', 'copy.db', '--data', 'realstore']);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(
        /copied \d+ pages to copy\.db\nto restore: stop the exporter, remove[\s\S]*rm -f \S+-wal \S+-shm && cp /,
      ),
    ]);
    const copy = new DatabaseSync(at('copy.db'), { readOnly: true });
    expect(copy.prepare('SELECT count(*) AS n FROM tick').get()).toEqual({ n: 0 });
    copy.close();
  });
  it('a reader that has seen enough is no error', async () => {
    const child = spawn(process.execPath, [MAIN, 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect([code, errors]).toEqual([0, '']);
  });
  it('a private authority is trusted with --ca', async () => {
    expect(await run(['status', '--url', '<secure>', '--ca', 'ca.pem'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('no SLOs'),
    });
  });
});

describe('status --watch', () => {
  it('shows an exporter that went away and came back, and ends with 0 on Ctrl-C', async () => {
    const slo = {
      name: 'a-shop',
      target: 'shop',
      objective: 0.999,
      sliRatio: 1,
      budgetRemainingRatio: 1,
      burn: { '5m': 0 },
      firing: [],
      state: 'ok',
      blame: null,
      outcome: null,
      exhaustedAtMs: null,
      recoversAtMs: null,
      wholeAtMs: null,
    };
    const start = (port: number) => {
      const server = answering(200, JSON.stringify({ slos: [slo] }));
      return new Promise<Server>((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
    };
    let server = await start(0);
    const { port } = server.address() as AddressInfo;
    const child = spawn(process.execPath, [MAIN, 'status', '--watch', '--url', `http://127.0.0.1:${port}`]);
    let out = '';
    const seen = (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!pattern.test(out)) return;
          out = '';
          child.stdout.off('data', look);
          resolve();
        };
        child.stdout.on('data', look);
        look();
      });
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    await seen(/a-shop +shop +99\.90% /);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await seen(
      /^\d\d:\d\d:\d\d {2}cannot reach .*\nTrying again every 2 s \(Ctrl-C ends\); the last answer:\n\n[\s\S]*a-shop/m,
    );
    server = await start(port);
    await seen(/^\d\d:\d\d:\d\d {2}http.*\n\n[\s\S]*a-shop/m);
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    server.close();
  });
});
