// The real CustomResourceDefinitions of what is deployed, out of the Go modules that carry them. go/crds has the versions, and its go.sum
// what they must be. Never writes anything but Go's own module cache.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MODULE = join(import.meta.dirname, '../go/crds');

/** Where a module keeps them. Every module of go/crds/go.mod needs a line. */
const FOLDERS: Readonly<Record<string, string>> = {
  'github.com/cert-manager/cert-manager': 'deploy/crds',
  'github.com/envoyproxy/gateway': 'charts/gateway-helm/charts/crds/crds/generated',
  'github.com/fluxcd/helm-controller': 'config/crd/bases',
  'github.com/fluxcd/kustomize-controller': 'config/crd/bases',
  'github.com/fluxcd/notification-controller': 'config/crd/bases',
  'github.com/fluxcd/source-controller': 'config/crd/bases',
  'github.com/prometheus-operator/prometheus-operator': 'example/prometheus-operator-crd',
  'github.com/vmware-tanzu/velero': 'config/crd/v1/bases',
  'sigs.k8s.io/gateway-api': 'config/crd/standard',
};

export interface CustomResource {
  readonly group: string;
  readonly kind: string;
  /** Module and version that it comes from. */
  readonly from: string;
  /** The definition as YAML, 10 to 700 kB. */
  readonly text: string;
}

/** Versions of the modules that definitions come from, by path. Downloads as `customResources`. */
export const moduleVersions = (): ReadonlyMap<string, string> =>
  new Map(modules().map(({ Path, Version }) => [Path, Version]));

/** All definitions; downloads the modules once. Throws an Error that names what is missing or is not what go.sum says. */
export function customResources(): readonly CustomResource[] {
  return modules().flatMap(({ Path, Version, Dir }) => {
    const folder = FOLDERS[Path];
    if (folder === undefined) throw new Error(`crds.ts: say where ${Path} keeps its definitions`);
    const found = readdirSync(join(Dir, folder))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => readFileSync(join(Dir, folder, file), 'utf8'))
      .filter((text) => /^kind: CustomResourceDefinition$/m.test(text))
      .map((text) => definition(text, `${Path}@${Version}`));
    if (found.length === 0) throw new Error(`${Path}@${Version} has no definitions in ${folder}`);
    return found;
  });
}

interface Downloaded {
  readonly Path: string;
  readonly Version: string;
  readonly Dir: string;
  readonly Error?: string;
}

function modules(): readonly Downloaded[] {
  const { error, status, stdout, stderr } = spawnSync('go', ['mod', 'download', '-json'], {
    cwd: MODULE,
    encoding: 'utf8',
    maxBuffer: 10_000_000,
    env: { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '-mod=readonly' },
  });
  if (error !== undefined) throw new Error(`go mod download in ${MODULE}: ${error.message}`);
  // One object after the other, without commas.
  const all = JSON.parse(`[${stdout.replace(/\}\s*\{/g, '},{')}]`) as Downloaded[];
  const wrong = all.flatMap((module) => (module.Error === undefined ? [] : [module.Error]));
  if (status !== 0 || wrong.length > 0)
    throw new Error(`go mod download in ${MODULE}: ${wrong.join('\n') || stderr}\nIs the Go module proxy reachable?`);
  if (all.length !== Object.keys(FOLDERS).length)
    throw new Error(`${MODULE}/go.mod has ${all.length} modules, crds.ts ${Object.keys(FOLDERS).length}`);
  return all;
}

/** Reads two lines and no more: as YAML all of them take seconds, and the API server reads them anyway. */
function definition(text: string, from: string): CustomResource {
  const group = /^ {2}group: (\S+)$/m.exec(text)?.[1];
  const kind = /^ {4}kind: (\S+)$/m.exec(text)?.[1];
  if (group === undefined || kind === undefined)
    throw new Error(`${from}: a definition without spec.group or names.kind`);
  return { group, kind, from, text };
}
