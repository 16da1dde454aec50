// The real Collector with the configuration of the platform, between an application and stand-ins of Tempo, Loki and Mimir: what is sent arrives where
// it should, with the tenant and the cluster, and its own series have the names that boards and alerts ask for. Only k8s_attributes is left out: it
// needs a cluster.
import { writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { CATALOGUE } from '../../../src/generate/catalogue/catalogue.ts';
import { freePort, privateFolder, type Server, startServer } from '../../services/process.ts';
import { toolPath } from '../tools.ts';
import { type Anything, stack, valuesOf } from './observability.ts';

interface Arrived {
  readonly path: string;
  readonly tenant: string | undefined;
  readonly body: string;
}

const folder = privateFolder('collector');
const arrived: Arrived[] = [];
let [sink, collector]: [HttpServer | undefined, Server | undefined] = [undefined, undefined];
let [otlp, metrics] = ['', ''];

beforeAll(async () => {
  sink = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('latin1');
      arrived.push({ path: request.url ?? '', tenant: request.headers['x-scope-orgid']?.toString(), body });
      // What is named `refused` is refused for good.
      response.writeHead(body.includes('refused') ? 400 : 200).end();
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => sink!.listen(port, '127.0.0.1', resolve));
  const [grpc, http, health, own] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const ports: Readonly<Record<string, number>> = { 4317: grpc, 4318: http, 13133: health };
  const config = structuredClone(valuesOf(stack('prod'), 'otel-collector').alternateConfig);
  for (const pipeline of Object.values<Anything>(config.service.pipelines))
    pipeline.processors = pipeline.processors.filter((name: string) => name !== 'k8s_attributes');
  delete config.processors.k8s_attributes;
  config.service.telemetry.metrics.readers[0].pull.exporter.prometheus.port = own;
  const text = stringify(config)
    .replace(/http:\/\/[\w-]+\.observability\.svc(?::\d+)?/g, `http://127.0.0.1:${port}`)
    .replace(/(\$\{env:MY_POD_IP\}):(\d+)/g, (_, host, from) => `${host}:${ports[from]}`);
  writeFileSync(join(folder.path, 'collector.yaml'), text);
  [otlp, metrics] = [`http://127.0.0.1:${http}`, `http://127.0.0.1:${own}/metrics`];
  collector = await startServer(
    toolPath('otelcol'),
    [`--config=file:${join(folder.path, 'collector.yaml')}`],
    async () => (await fetch(`http://127.0.0.1:${health}/`).catch(() => undefined))?.status === 200,
    { MY_POD_IP: '127.0.0.1' },
  );
});
afterAll(async () => {
  await collector?.stop();
  sink?.close();
  folder.remove();
});

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'wordpress' } }] };
const nowNs = () => String(BigInt(Date.now()) * 1_000_000n);
const span = (name: string) => ({
  resourceSpans: [
    {
      resource,
      scopeSpans: [
        {
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              name,
              kind: 2,
              startTimeUnixNano: nowNs(),
              endTimeUnixNano: nowNs(),
            },
          ],
        },
      ],
    },
  ],
});
const log = (text: string) => ({
  resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ timeUnixNano: nowNs(), body: { stringValue: text } }] }] }],
});
const gauge = (name: string) => ({
  resourceMetrics: [
    {
      resource,
      scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints: [{ timeUnixNano: nowNs(), asDouble: 1 }] } }] }],
    },
  ],
});
async function send(signal: 'traces' | 'logs' | 'metrics', body: unknown): Promise<void> {
  const answer = await fetch(`${otlp}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

describe('the Collector', () => {
  it.each([
    ['traces', '/v1/traces', span('GET /')],
    ['logs', '/otlp/v1/logs', log('a line')],
    ['metrics', '/otlp/v1/metrics', gauge('a.gauge')],
  ] as const)('passes %s on, with the tenant and the cluster', async (signal, path, body) => {
    await send(signal, body);
    await expect.poll(() => arrived.find((one) => one.path === path), { timeout: 15_000 }).toBeDefined();
    const one = arrived.find((each) => each.path === path)!;
    expect(one.tenant).toBe('platform');
    expect(one.body).toContain('plimsoll-prod');
    expect(one.body).toContain('wordpress');
  });

  it('counts itself by the names of the catalogue', async () => {
    await send('traces', span('refused'));
    await send('logs', log('refused'));
    await send('metrics', gauge('refused'));
    const wanted = CATALOGUE.filter(({ exporter }) => exporter === 'OpenTelemetry Collector').map(({ name }) => name);
    expect(wanted.length).toBeGreaterThan(10);
    const there = async () => {
      const text = await (await fetch(metrics)).text();
      return wanted.filter((name) => !new RegExp(`^${name}\\{`, 'm').test(text));
    };
    // Those of what found no place in the queue appear when it happens first; nothing here makes it happen.
    await expect.poll(there, { timeout: 15_000 }).toEqual(wanted.filter((name) => /_enqueue_failed_/.test(name)));
  });
});
