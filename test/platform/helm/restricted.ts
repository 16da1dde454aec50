// The level `restricted` of the Pod Security Standards as a check of one pod spec, without an API server. It knows no exemptions.
// https://kubernetes.io/docs/concepts/security/pod-security-standards/
import type { Rendered } from './chart.ts';

// biome-ignore lint/suspicious/noExplicitAny: a pod spec as it was rendered, which this file judges field by field
type Fields = Record<string, any>;

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];
const SECCOMP = ['RuntimeDefault', 'Localhost'];

/** The pod spec of an object that makes pods; undefined for one that makes none. */
export function podSpecOf({ kind, spec }: Rendered): Fields | undefined {
  if (kind === 'Pod') return spec;
  if (kind === 'CronJob') return spec.jobTemplate.spec.template.spec;
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'].includes(kind)
    ? spec.template.spec
    : undefined;
}

/**
 * Everything for which the admission of `restricted` refuses these pods, as sentences; empty if it takes them. Pods are of Linux.
 */
export function restrictedProblems(pod: Fields): string[] {
  const containers: Fields[] = [
    ...(pod.initContainers ?? []),
    ...(pod.containers ?? []),
    ...(pod.ephemeralContainers ?? []),
  ];
  return [
    ...podProblems(pod),
    ...containers.flatMap((container) => containerProblems(container, pod.securityContext ?? {})),
  ];
}

function podProblems(pod: Fields): string[] {
  const context: Fields = pod.securityContext ?? {};
  const host = ['hostNetwork', 'hostPID', 'hostIPC'].filter((key) => pod[key] === true);
  const volumes = (pod.volumes ?? []).flatMap((volume: Fields) => {
    const kinds = Object.keys(volume).filter((key) => key !== 'name');
    return kinds.filter((kind) => !VOLUMES.includes(kind)).map((kind) => `volume ${volume.name} is a ${kind}`);
  });
  const sysctls = (context.sysctls ?? []).map((s: Fields) => s.name).filter((name: string) => !SYSCTLS.includes(name));
  return [
    ...host.map((key) => `${key} is true`),
    ...volumes,
    ...sysctls.map((name: string) => `sysctl ${name} is not a safe one`),
    ...contextProblems(context, 'the pod'),
  ];
}

/** What is wrong in a security context, whether of a pod or of a container. */
function contextProblems(context: Fields, of: string): string[] {
  const { seLinuxOptions = {}, seccompProfile, appArmorProfile, windowsOptions, runAsUser } = context;
  return [
    ...(runAsUser === 0 ? [`${of} runs as user 0`] : []),
    ...(context.runAsNonRoot === false ? [`${of} has runAsNonRoot: false`] : []),
    ...(windowsOptions?.hostProcess === true ? [`${of} is a host process`] : []),
    ...(seccompProfile !== undefined && !SECCOMP.includes(seccompProfile.type)
      ? [`${of} has seccomp ${seccompProfile.type}`]
      : []),
    ...(appArmorProfile?.type === 'Unconfined' ? [`${of} has AppArmor Unconfined`] : []),
    ...(SELINUX_TYPES.includes(seLinuxOptions.type ?? '') ? [] : [`${of} has the SELinux type ${seLinuxOptions.type}`]),
    ...['user', 'role'].filter((key) => seLinuxOptions[key]).map((key) => `${of} sets an SELinux ${key}`),
  ];
}

function containerProblems(container: Fields, pod: Fields): string[] {
  const { name, securityContext: own = {}, ports = [] } = container;
  const { add = [], drop = [] } = own.capabilities ?? {};
  const of = `container ${name}`;
  return [
    ...contextProblems(own, of),
    ...(own.privileged === true ? [`${of} is privileged`] : []),
    ...(own.procMount !== undefined && own.procMount !== 'Default' ? [`${of} has procMount ${own.procMount}`] : []),
    ...(own.allowPrivilegeEscalation === false ? [] : [`${of} must set allowPrivilegeEscalation: false`]),
    ...((own.runAsNonRoot ?? pod.runAsNonRoot) === true ? [] : [`${of} must set runAsNonRoot: true`]),
    ...((own.seccompProfile ?? pod.seccompProfile) === undefined ? [`${of} must set a seccompProfile`] : []),
    ...(drop.includes('ALL') ? [] : [`${of} must drop ALL capabilities`]),
    ...add.filter((c: string) => c !== 'NET_BIND_SERVICE').map((c: string) => `${of} adds the capability ${c}`),
    ...ports.filter((p: Fields) => (p.hostPort ?? 0) !== 0).map((p: Fields) => `${of} has the host port ${p.hostPort}`),
  ];
}
