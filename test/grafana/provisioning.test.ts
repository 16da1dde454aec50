// What stands beside the boards: data sources that lead to each other, and ConfigMaps that kubectl and the sidecar take.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configMap, provisioningFiles } from '../../src/grafana/provisioning.ts';
import { SOURCES } from '../../src/grafana/query.ts';

const board = { uid: 'plimsoll-a', title: 'A', panels: [] };
const files = new Map(provisioningFiles([board]).map(({ path, text }) => [path, text]));
const sources = (parse(files.get('provisioning/datasources/plimsoll.yaml')!) as { datasources: Source[] }).datasources;
interface Source {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
  readonly jsonData: Record<string, { datasourceUid?: string }[] & { datasourceUid?: string }>;
}
const source = (type: string) => sources.find((one) => one.type === type)!;

describe('data sources', () => {
  it('have the uids that boards ask', () => {
    expect(sources.map(({ type, uid }) => [type, uid])).toEqual([
      ['prometheus', 'prometheus'],
      ['loki', SOURCES.loki.uid],
      ['tempo', SOURCES.tempo.uid],
    ]);
  });
  it('lead from exemplars to traces, from log lines to traces, and from traces to logs', () => {
    expect(source('prometheus').jsonData.exemplarTraceIdDestinations![0]!.datasourceUid).toBe('tempo');
    expect(source('loki').jsonData.derivedFields![0]!.datasourceUid).toBe('tempo');
    expect(source('tempo').jsonData.tracesToLogsV2!.datasourceUid).toBe('loki');
  });
  it('find the trace in a log line of the exporter, and keep the value from Grafana’s environment', () => {
    const [field] = source('loki').jsonData.derivedFields as unknown as { matcherRegex: string; url: string }[];
    const line =
      '{"level":30,"msg":"probe","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"}';
    expect(new RegExp(field!.matcherRegex).exec(line)?.[1]).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(field!.url).toBe('$${__value.raw}');
  });
});

describe('a ConfigMap', () => {
  it('holds one board, where the sidecar looks for it', () => {
    const map = parse(files.get('kubernetes/plimsoll-a.yaml')!) as {
      kind: string;
      metadata: { name: string; labels: object };
      data: Record<string, string>;
    };
    expect([map.kind, map.metadata.name, map.metadata.labels]).toEqual([
      'ConfigMap',
      'plimsoll-a',
      { grafana_dashboard: '1' },
    ]);
    expect(Object.entries(map.data).map(([name, text]) => [name, JSON.parse(text)])).toEqual([
      ['plimsoll-a.json', board],
    ]);
  });
  it('is refused with its size where kubectl apply would refuse it', () => {
    expect(() => configMap({ ...board, description: 'x'.repeat(263_000) })).toThrow(
      /plimsoll-a: the ConfigMap has 26\d{4} bytes, and kubectl apply takes 262144/,
    );
  });
});
