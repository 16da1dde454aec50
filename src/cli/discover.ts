// --site URL: looks at a site once and makes a spec of default SLOs for what is there.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { stringify } from 'yaml';
import { makeFolder } from '../files/write-generated.ts';
import type { Run } from '../probe/runner.ts';
import { hintOf, verdictOf } from '../spec/outcome.ts';
import { parseSpec } from '../spec/parse.ts';
import type { Spec } from '../spec/spec.ts';
import { CommandError, EXIT } from './exit.ts';
import { httpUrl, ipAddress, usableFile } from './options.ts';
import { runOnce } from './run-once.ts';

interface Access {
  readonly ca?: string;
  readonly address?: string;
}

/** What was found: the spec, and the text of a plimsoll.yaml that says the same. */
interface Discovered {
  readonly spec: Spec;
  readonly text: string;
}

/** What answers at a site. */
interface Found {
  readonly isWordPress: boolean;
  readonly isCdn: boolean;
}

/** Finds out what is at the site, and writes the spec where people can take it from. */
export async function discoverAndKeep(site: string, access: Access, folder: string, log: Logger): Promise<Spec> {
  const { spec, text } = await discover(site, access);
  const file = join(folder, 'site.yaml');
  const found = { targets: spec.targets.map((t) => `${t.name} (${t.kind})`), slos: spec.slos.map((s) => s.name) };
  try {
    makeFolder(folder, 0o700);
    writeFileSync(
      file,
      `# Found at ${site} by plimsoll serve --site. To keep and change it: copy it to plimsoll.yaml.\n${text}`,
    );
    log.info({ ...found, file }, 'found; to keep and change this spec, copy the file to plimsoll.yaml');
  } catch (error) {
    log.warn(
      { ...found, reason: (error as Error).message },
      'found, but the spec could not be written for you to keep',
    );
  }
  return spec;
}

/** The spec for a site: WordPress or plain HTTP, CDN if a cache status is shown, TLS if https. Throws CommandError. */
async function discover(site: string, access: Access): Promise<Discovered> {
  const url = httpUrl('--site', site, 'https://shop.example.org/');
  url.hash = '';
  const extra = {
    ...(access.ca !== undefined && { ca: resolve(usableFile('--ca', access.ca, 'certificates')) }),
    ...(access.address !== undefined && { address: ipAddress('--address', access.address) }),
  };
  const found = await look(url.href, extra);
  return parse(specFor(url, extra, found));
}

async function look(url: string, extra: object): Promise<Found> {
  const { spec } = parse({
    targets: [
      { name: 'site', kind: 'wordpress', url, ...extra, steps: ['front', 'rest', 'login'] },
      { name: 'site-cdn', kind: 'cdn', url, ...extra, steps: ['hit'] },
      { name: 'site-http', kind: 'http', url, ...extra },
    ],
  });
  const [wordpress, cdn, http] = await Promise.all(spec.targets.map(runOnce));
  const ok = (run: Run | undefined, step: string) =>
    run?.steps.some((s) => s.step === step && verdictOf(s.outcome) === 'good') ?? false;
  const isWordPress = ok(wordpress, 'rest') || ok(wordpress, 'login');
  const cacheStatus = cdn?.steps.find((s) => s.step === 'hit')?.facts.cacheStatus;
  const isCdn = cacheStatus !== undefined && cacheStatus !== 'unknown' && cacheStatus !== 'none';
  const step = http?.steps[0];
  if (step?.facts.httpStatus === undefined && !isWordPress) {
    const hint = step === undefined ? '' : hintOf(step.outcome);
    const why = [step?.outcome, step?.detail].filter((text) => text).join(', ');
    throw new CommandError(EXIT.unreachable, `cannot reach ${url}: ${why}${hint && `; look at: ${hint}`}`);
  }
  return { isWordPress, isCdn };
}

/** A spec as people would write it, without findings: what is probed fills the 5 minutes window, what is promised can page. */
export function specFor(url: URL, extra: object, { isWordPress, isCdn }: Found): object {
  const isHttps = url.protocol === 'https:';
  const { href } = url;
  const slo = (name: string, objective: string, sli: object) => ({
    name,
    service: 'site',
    team: 'default',
    objective,
    window: '30d',
    sli,
  });
  const targets = [
    isWordPress
      ? {
          name: 'site',
          kind: 'wordpress',
          url: href,
          ...extra,
          steps: ['front', 'uncached', 'static', 'rest', 'login'],
        }
      : { name: 'site', kind: 'http', url: href, ...extra },
    ...(isCdn ? [{ name: 'site-cdn', kind: 'cdn', url: href, ...extra, steps: ['hit', 'miss', 'admin', 'age'] }] : []),
    ...(isHttps
      ? [{ name: 'site-cert', kind: 'tls', url: `tls://${url.hostname}:${url.port || 443}`, ...extra, interval: '1m' }]
      : []),
  ];
  const slos = [
    slo('site-availability', '99.9%', {
      kind: 'probe',
      target: 'site',
      steps: isWordPress ? ['front', 'rest'] : ['get'],
    }),
    slo('site-speed', '99%', { kind: 'latency', target: 'site', step: isWordPress ? 'front' : 'get', below: '800ms' }),
    ...(isWordPress ? [slo('site-uncached', '99.5%', { kind: 'probe', target: 'site', steps: ['uncached'] })] : []),
    ...(isCdn ? [slo('site-cache-hits', '95%', { kind: 'hits', target: 'site-cdn' })] : []),
    ...(isHttps
      ? [slo('site-certificate', '99%', { kind: 'freshness', target: 'site-cert', of: 'certificate', above: '14d' })]
      : []),
  ];
  return { targets, slos };
}

function parse(document: object): Discovered {
  const text = stringify(document);
  const result = parseSpec([{ file: 'site', text }], { env: () => undefined, readFile: () => undefined });
  if (!result.ok) throw new Error(result.findings.map((f) => `${f.path}: ${f.message}`).join('; '));
  return { spec: result.spec, text };
}
