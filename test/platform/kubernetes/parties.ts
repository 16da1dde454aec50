// Who is in the platform's cluster and around it, with the labels that its charts give to pods and the ports they listen on. Labels and ports
// of charts that are not ours are from their templates, read for the versions that we pin; nobody has seen them run.
import type { Party } from './network.ts';

const NAME = 'app.kubernetes.io/name';
const pod = (
  namespace: string,
  name: string,
  ports: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): Omit<Party, 'address'> => ({
  name: `${namespace}/${name}`,
  namespace,
  labels: { [NAME]: name, ...labels },
  ports,
});
const outside = (name: string, address: string, ports: readonly string[]): Party => ({ name, address, ports });
/** What only answers. */
const server = (name: string, address: string, ports: readonly string[]): Party => ({
  name,
  address,
  ports,
  isSilent: true,
});

/** Outside of the cluster's pods; addresses are in the networks that platform-values.yaml names. */
export const outsiders = (values: Readonly<Record<string, string>>): readonly Party[] => [
  outside('internet', '203.0.113.9', ['443', '80', '587', '53', 'udp/53']),
  // Its address is public, and its port that of the settings.
  outside('API server', '198.51.100.200', [values.api_port!]),
  outside('node', host(values.nodes_cidr!, 20), ['10250', '9100']), // kubelet, and node-exporter, which has the node's network
  server('bastion', values.bastion_private_ip!, ['9100']),
  server('MariaDB', host(values.database_cidr!, 250), [values.database_port!]),
  server('Redis', host(values.cache_cidr!, 240), [values.cache_port!]),
];

/** An address of a /24. */
const host = (cidr: string, number: number): string => cidr.replace(/\.\d+\/24$/, `.${number}`);

type Unplaced = Omit<Party, 'address'>;

/** Pods have addresses in their own network, one each. */
export const podsOf = (values: Readonly<Record<string, string>>): readonly Party[] =>
  PODS.map((one, number) => ({ ...one, address: values.pod_cidr!.replace(/\d+\.\d+\/\d+$/, `7.${number + 1}`) }));

const PODS: readonly Unplaced[] = [
  {
    name: 'cluster DNS',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ports: ['53', 'udp/53'],
    isSilent: true,
  },
  // Flux brings policies of its own.
  { ...pod('flux-system', 'flux', ['8080']), isSilent: true },
  pod('cert-manager', 'cert-manager', ['9402', '10250']),
  {
    name: 'cert-manager/webhook-ionos-cloud',
    namespace: 'cert-manager',
    labels: { app: 'cert-manager-webhook-ionos-cloud' },
    ports: ['8443'],
  },
  pod('envoy-gateway-system', 'gateway-helm', ['18000', '18001', '18002', '19001'], {
    'control-plane': 'envoy-gateway',
  }),
  pod('envoy-gateway-system', 'envoy', ['10080', '10443', '19001']),
  pod('external-dns', 'external-dns', ['7979', '8080']),
  pod('monitoring', 'prometheus', ['9090']),
  pod('monitoring', 'alertmanager', ['9093', '9094', 'udp/9094']),
  pod('monitoring', 'operator', ['10250'], {
    [NAME]: 'kube-prometheus-stack-prometheus-operator',
    app: 'kube-prometheus-stack-operator',
  }),
  pod('monitoring', 'kube-state-metrics', ['8080', '8081']),
  pod('monitoring', 'prometheus-adapter', ['6443']),
  pod('monitoring', 'prometheus-mysql-exporter', ['9104']),
  pod('monitoring', 'prometheus-redis-exporter', ['9121']),
  pod('monitoring', 'plimsoll', ['9876'], {
    'app.kubernetes.io/instance': 'plimsoll',
    'app.kubernetes.io/component': 'exporter',
  }),
  pod('observability', 'alloy', ['12345']),
  pod('observability', 'opentelemetry-collector', ['4317', '4318', '8888']),
  pod('observability', 'loki', ['3100', '7946', '8080', '9095']),
  pod('observability', 'tempo', ['3200', '4317', '4318', '7946', '9095']),
  pod('observability', 'mimir', ['7946', '8080', '9094', '9095']),
  pod('observability', 'grafana', ['3000']),
  pod('wordpress', 'wordpress', ['8080', '8081', '9253'], {
    'app.kubernetes.io/instance': 'wordpress',
    'app.kubernetes.io/component': 'web',
  }),
  {
    name: 'wordpress/jobs',
    namespace: 'wordpress',
    labels: { [NAME]: 'wordpress', 'app.kubernetes.io/instance': 'wordpress', 'app.kubernetes.io/component': 'cron' },
    ports: [],
  },
  pod('backup', 'jobs', []),
  pod('velero', 'velero', ['8085']),
];
