// What Grafana is given beside the boards: data sources that lead to each other, the folder, and boards as ConfigMaps. Pure.
import type { GeneratedFile } from '../generate/file.ts';
import { yamlText } from '../generate/rule-files.ts';
import type { JsonObject } from './finish.ts';
import { SOURCES } from './query.ts';

/** Folder of all boards. Never its id: that differs on every server. */
export const FOLDER = { title: 'Plimsoll', uid: 'plimsoll' } as const;

/** kubectl apply keeps a copy in an annotation, which may have so many bytes (metav1.TotalAnnotationSizeLimitB). */
const CONFIG_MAP_BYTES = 262_144;

/** The label that the sidecar of Grafana's Helm chart looks for. */
const SIDECAR = { grafana_dashboard: '1' } as const;

/** Addresses are variables of Grafana's environment. Exemplars lead to traces, traces to logs, and log lines to traces. */
const dataSources = (): string =>
  yamlText({
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        type: 'prometheus',
        uid: 'prometheus',
        access: 'proxy',
        url: '$PROMETHEUS_URL',
        isDefault: true,
        jsonData: {
          httpMethod: 'POST',
          timeInterval: '30s',
          exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: SOURCES.tempo.uid }],
        },
      },
      {
        name: 'Loki',
        type: 'loki',
        uid: SOURCES.loki.uid,
        access: 'proxy',
        url: '$LOKI_URL',
        jsonData: {
          derivedFields: [
            {
              name: 'trace_id',
              matcherType: 'regex',
              matcherRegex: '"trace_?[iI]d":"(\\w+)"',
              // Two dollars: Grafana fills in its environment first.
              url: '$${__value.raw}',
              urlDisplayLabel: 'Trace',
              datasourceUid: SOURCES.tempo.uid,
            },
          ],
        },
      },
      {
        name: 'Tempo',
        type: 'tempo',
        uid: SOURCES.tempo.uid,
        access: 'proxy',
        url: '$TEMPO_URL',
        jsonData: {
          tracesToLogsV2: {
            datasourceUid: SOURCES.loki.uid,
            spanStartTimeShift: '-5m',
            spanEndTimeShift: '5m',
            tags: [{ key: 'service.name', value: 'service_name' }],
            filterByTraceID: true,
          },
          nodeGraph: { enabled: true },
        },
      },
    ],
  });

const providers = (): string =>
  yamlText({
    apiVersion: 1,
    providers: [
      {
        name: 'plimsoll',
        type: 'file',
        folder: FOLDER.title,
        folderUid: FOLDER.uid,
        allowUiUpdates: false,
        disableDeletion: false,
        updateIntervalSeconds: 60,
        options: { path: '/var/lib/grafana/dashboards/plimsoll', foldersFromFilesStructure: false },
      },
    ],
  });

/** One board in one ConfigMap. Throws an Error with the size if `kubectl apply` would refuse it. */
export function configMap(json: JsonObject): string {
  const uid = String(json.uid);
  const body = yamlText({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: uid, labels: SIDECAR, annotations: { grafana_folder: FOLDER.title } },
    data: { [`${uid}.json`]: JSON.stringify(json) },
  });
  const bytes = Buffer.byteLength(body);
  if (bytes > CONFIG_MAP_BYTES)
    throw new Error(
      `${uid}: the ConfigMap has ${bytes} bytes, and kubectl apply takes ${CONFIG_MAP_BYTES}; make two boards of it`,
    );
  return body;
}

/** The files beside the boards. */
export const provisioningFiles = (boards: readonly JsonObject[]): GeneratedFile[] => [
  { path: 'provisioning/datasources/plimsoll.yaml', text: dataSources() },
  { path: 'provisioning/dashboards/plimsoll.yaml', text: providers() },
  ...boards.map((json) => ({ path: `kubernetes/${json.uid}.yaml`, text: configMap(json) })),
];
