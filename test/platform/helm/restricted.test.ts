// The check of Pod Security finds each way in which a pod is not `restricted`, and nothing in one that is.
import { describe, expect, it } from 'vitest';
import type { Rendered } from './chart.ts';
import { podSpecOf, restrictedProblems } from './restricted.ts';

const pod = (of: object = {}, container: object = {}, security: object = {}) => ({
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'a' } }],
  ...of,
  containers: [
    {
      name: 'c',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...security },
      ...container,
    },
  ],
});

describe('the check of the level restricted', () => {
  it('finds nothing in a pod that is as it should be', () => {
    expect(restrictedProblems(pod())).toEqual([]);
    expect(restrictedProblems(pod({}, {}, { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }))).toEqual([]);
  });
  it.each<[string, object, object, object]>([
    ['hostNetwork is true', { hostNetwork: true }, {}, {}],
    ['hostPID is true', { hostPID: true }, {}, {}],
    ['hostIPC is true', { hostIPC: true }, {}, {}],
    ['volume v is a hostPath', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, {}, {}],
    ['container c has the host port 80', {}, { ports: [{ containerPort: 80, hostPort: 80 }] }, {}],
    ['container c is privileged', {}, {}, { privileged: true }],
    ['container c must set allowPrivilegeEscalation: false', {}, {}, { allowPrivilegeEscalation: undefined }],
    ['container c must drop ALL capabilities', {}, {}, { capabilities: { drop: ['NET_RAW'] } }],
    ['container c adds the capability NET_ADMIN', {}, {}, { capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }],
    ['container c has procMount Unmasked', {}, {}, { procMount: 'Unmasked' }],
    ['container c runs as user 0', {}, {}, { runAsUser: 0 }],
    ['container c has runAsNonRoot: false', {}, {}, { runAsNonRoot: false }],
    ['container c has seccomp Unconfined', {}, {}, { seccompProfile: { type: 'Unconfined' } }],
    ['container c has AppArmor Unconfined', {}, {}, { appArmorProfile: { type: 'Unconfined' } }],
    ['container c has the SELinux type spc_t', {}, {}, { seLinuxOptions: { type: 'spc_t' } }],
    ['container c sets an SELinux user', {}, {}, { seLinuxOptions: { user: 'system_u' } }],
    ['the pod is a host process', podWith({ windowsOptions: { hostProcess: true } }), {}, {}],
    ['sysctl kernel.msgmax is not a safe one', podWith({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] }), {}, {}],
    ['the pod runs as user 0', podWith({ runAsUser: 0 }), {}, {}],
  ])('finds that %s', (problem, of, container, security) => {
    expect(restrictedProblems(pod(of, container, security))).toContain(problem);
  });
  it('finds what is left out in the pod and in the container', () => {
    expect(restrictedProblems(pod({ securityContext: {} }))).toEqual([
      'container c must set runAsNonRoot: true',
      'container c must set a seccompProfile',
    ]);
  });
  it('looks at init containers too', () => {
    expect(restrictedProblems(pod({ initContainers: [{ name: 'first' }] }))).toContain(
      'container first must drop ALL capabilities',
    );
  });
  it('finds the pods of every kind that makes some', () => {
    const template = { spec: { containers: [] } };
    const of = (kind: string, spec: object) =>
      podSpecOf({ apiVersion: 'v1', kind, metadata: { name: 'a' }, spec } as Rendered);
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'])
      expect(of(kind, { template })).toBe(template.spec);
    expect(of('CronJob', { jobTemplate: { spec: { template } } })).toBe(template.spec);
    expect(of('Pod', template.spec)).toBe(template.spec);
    expect(of('Service', {})).toBeUndefined();
  });
});

function podWith(context: object): object {
  return { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...context } };
}
