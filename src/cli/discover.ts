// --site URL: looks at a site once and makes a spec of default SLOs for what is there.
import { probes } from '../probe/list.ts';
import { watchLoopLag } from '../probe/loop-lag.ts';
import { createResolver } from '../probe/resolve.ts';
import { type Run, runProbe } from '../probe/runner.ts';
import { idsOnly } from '../probe/trace-port.ts';
import { verdictOf } from '../spec/outcome.ts';
import { parseSpec } from '../spec/parse.ts';
import type { Spec } from '../spec/spec.ts';
import type { Target } from '../spec/target.ts';
import { CommandError, EXIT } from './exit.ts';

interface Access {
  readonly ca: string | undefined;
  readonly address: string | undefined;
}

/** The spec for a site: WordPress or plain HTTP, CDN if a cache status is shown, TLS if https. Throws CommandError. */
export async function discover(site: string, access: Access): Promise<Spec> {
  if (!URL.canParse(site) || !/^https?:$/.test(new URL(site).protocol))
    throw new CommandError(EXIT.usage, `--site ${site}: write a URL like https://shop.example.org/`);
  const url = new URL(site).href;
  const extra = { ...(access.ca && { ca: access.ca }), ...(access.address && { address: access.address }) };
  const candidates = parse({
    targets: [
      { name: 'site', kind: 'wordpress', url, ...extra, steps: ['front', 'rest', 'login'] },
      { name: 'site-cdn', kind: 'cdn', url, ...extra, steps: ['hit'] },
      { name: 'site-http', kind: 'http', url, ...extra },
    ],
  });
  const [wordpress, cdn, http] = await Promise.all(candidates.targets.map(runOnce));
  const ok = (run: Run | undefined, step: string) =>
    run?.steps.some((s) => s.step === step && verdictOf(s.outcome) === 'good') ?? false;
  const isWordPress = ok(wordpress, 'rest') || ok(wordpress, 'login');
  const isHttps = url.startsWith('https:');
  const cacheStatus = cdn?.steps.find((s) => s.step === 'hit')?.facts.cacheStatus;
  const isCdn = cacheStatus !== undefined && cacheStatus !== 'unknown' && cacheStatus !== 'none';
  const reached = http?.steps[0]?.facts.httpStatus !== undefined;
  if (!reached && !isWordPress) {
    const step = http?.steps[0];
    throw new CommandError(EXIT.unreachable, `cannot reach ${url}: ${step?.outcome} ${step?.detail ?? ''}`.trim());
  }
  const host = new URL(url);
  const slo = (name: string, objective: string, sli: object) => ({
    name,
    service: 'site',
    team: 'default',
    objective,
    window: '30d',
    sli,
  });
  const main = isWordPress ? 'front' : 'get';
  const spec = {
    targets: [
      isWordPress
        ? { name: 'site', kind: 'wordpress', url, ...extra, steps: ['front', 'uncached', 'static', 'rest', 'login'] }
        : { name: 'site', kind: 'http', url, ...extra },
      ...(isCdn ? [{ name: 'site-cdn', kind: 'cdn', url, ...extra, steps: ['hit', 'miss', 'admin', 'age'] }] : []),
      ...(isHttps
        ? [
            {
              name: 'site-cert',
              kind: 'tls',
              url: `tls://${host.hostname}:${host.port || 443}`,
              ...extra,
              interval: '5m',
            },
          ]
        : []),
    ],
    slos: [
      slo('site-availability', '99.9%', {
        kind: 'probe',
        target: 'site',
        steps: isWordPress ? ['front', 'rest'] : ['get'],
      }),
      slo('site-speed', '99%', { kind: 'latency', target: 'site', step: main, below: '800ms' }),
      ...(isWordPress ? [slo('site-uncached', '99.5%', { kind: 'probe', target: 'site', steps: ['uncached'] })] : []),
      ...(isCdn ? [slo('site-cache-hits', '90%', { kind: 'hits', target: 'site-cdn' })] : []),
      ...(isHttps
        ? [slo('site-certificate', '99%', { kind: 'freshness', target: 'site-cert', of: 'certificate', above: '14d' })]
        : []),
    ],
  };
  return parse(spec);
}

function parse(document: object): Spec {
  const result = parseSpec([{ file: '--site', text: JSON.stringify(document) }], {
    env: () => undefined,
    readFile: () => undefined,
  });
  if (!result.ok) throw new Error(result.findings.map((f) => f.message).join('; '));
  return result.spec;
}

async function runOnce(target: Target): Promise<Run> {
  const lag = watchLoopLag();
  const run = await runProbe(target, {
    probes,
    resolve: createResolver({ kind: 'named' }),
    tracer: idsOnly,
    lag,
    location: 'main',
    now: Date.now,
  });
  lag.stop();
  return run;
}
