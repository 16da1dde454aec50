// Builds the Go tools that test:platform runs, once, into a cache outside of the repository. Says what is missing and how to get it.
// Never skips: what cannot be built is an error. `node test/platform/tools.ts [NAME…]`
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export type ToolName =
  | 'promtool'
  | 'prometheus'
  | 'amtool'
  | 'mimir'
  | 'mimirtool'
  | 'sloth'
  | 'tflint'
  | 'gitleaks'
  | 'actionlint'
  | 'config-inspect'
  | 'loki'
  | 'otelcol'
  | 'helm'
  | 'helm-unittest'
  | 'sops'
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-scheduler'
  | 'kube-controller-manager';

interface Tool {
  /** Folder in go/, with go.mod and go.sum. */
  readonly module: string;
  readonly package: string;
  readonly flags?: readonly string[];
  /** Arguments that print the version. */
  readonly version: readonly string[];
}

/** Prometheus' own programs take their version from the linker. */
const versioned = (version: string) => `-ldflags=-s -w -X github.com/prometheus/common/version.Version=${version}`;
/** Without the clouds' service discovery, which is two thirds of the build: README.md of Prometheus. */
const LEAN = '-tags=remove_all_sd';

/** Programs of Kubernetes: without its version from the linker the API says that it is v0.0.0-master. */
const kubernetes = (name: string): Tool => {
  const version = { gitVersion: 'v1.36.2', gitMajor: '1', gitMinor: '36' };
  const set = Object.entries(version).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);
  return {
    module: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    flags: [`-ldflags=-s -w ${set.join(' ')}`],
    version: ['--version'],
  };
};

const TOOLS: Readonly<Record<ToolName, Tool>> = {
  promtool: {
    module: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/promtool',
    flags: [LEAN, versioned('3.14.0')],
    version: ['--version'],
  },
  prometheus: {
    module: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    flags: [LEAN, versioned('3.14.0')],
    version: ['--version'],
  },
  amtool: {
    module: 'alertmanager',
    package: 'github.com/prometheus/alertmanager/cmd/amtool',
    flags: [versioned('0.34.0')],
    version: ['--version'],
  },
  mimir: { module: 'mimir', package: 'github.com/grafana/mimir/cmd/mimir', version: ['-version'] },
  loki: { module: 'loki', package: 'github.com/grafana/loki/v3/cmd/loki', version: ['-version'] },
  // Ours, with the components that the configuration uses; another component is another go.mod, by which the cache goes.
  otelcol: { module: 'otelcol', package: 'plimsoll/test/platform/go/otelcol', version: ['--version'] },
  mimirtool: { module: 'mimir', package: 'github.com/grafana/mimir/cmd/mimirtool', version: ['version'] },
  sloth: { module: 'sloth', package: 'github.com/slok/sloth/cmd/sloth', version: ['version'] },
  tflint: { module: 'tflint', package: 'github.com/terraform-linters/tflint', version: ['--version'] },
  gitleaks: { module: 'gitleaks', package: 'github.com/zricethezav/gitleaks/v8', version: ['version'] },
  actionlint: { module: 'actionlint', package: 'github.com/rhysd/actionlint/cmd/actionlint', version: ['-version'] },
  'config-inspect': {
    module: 'config-inspect',
    package: 'github.com/hashicorp/terraform-config-inspect',
    // It has no option that prints a version; this folder has no Terraform.
    version: [import.meta.dirname],
  },
  helm: { module: 'helm', package: 'helm.sh/helm/v3/cmd/helm', version: ['version', '--short'] },
  'helm-unittest': {
    module: 'helm-unittest',
    package: 'github.com/helm-unittest/helm-unittest/cmd/helm-unittest',
    version: ['--help'],
  },
  sops: {
    module: 'sops',
    package: 'github.com/getsops/sops/v3/cmd/sops',
    version: ['--version', '--disable-version-check'],
  },
  etcd: { module: 'kubernetes', package: 'go.etcd.io/etcd/server/v3', version: ['--version'] },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
};
const NAMES = Object.keys(TOOLS) as ToolName[];
const OLDEST_GO = [1, 26] as const;

/** Where tools are kept, outside of the repository. */
export const cache = (): string =>
  process.env.PLIMSOLL_TOOLS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'plimsoll', 'tools');
const moduleFolder = ({ module }: Tool): string => join(import.meta.dirname, 'go', module);
const flagsOf = ({ flags = ['-ldflags=-s -w'] }: Tool): readonly string[] => flags;

/** Where the tool is, or will be: another version has another folder. */
function pathOf(name: ToolName): string {
  const tool = TOOLS[name];
  const hash = createHash('sha256').update(JSON.stringify([tool.package, flagsOf(tool), process.arch]));
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(moduleFolder(tool), file)));
  return join(cache(), `${name}-${hash.digest('hex').slice(0, 12)}`, name);
}

/** A tool that has been built; throws an Error that says how to build it. */
export function toolPath(name: ToolName): string {
  const path = pathOf(name);
  if (existsSync(path)) return path;
  throw new Error(`${name} is not built: node test/platform/tools.ts ${name}`);
}

/** Builds what is missing, one after the other; throws an Error that says what to do. */
export function ensureTools(names: readonly ToolName[] = NAMES): void {
  const missing = names.filter((name) => !existsSync(pathOf(name)));
  if (missing.length > 0) checkGo(missing);
  for (const name of missing) {
    const startMs = Date.now();
    console.log(`building ${name} …`);
    build(name);
    console.log(`built ${name} in ${Math.round((Date.now() - startMs) / 1000)} s: ${pathOf(name)}`);
  }
  for (const name of names) {
    const { error, status, stdout, stderr } = spawnSync(pathOf(name), TOOLS[name].version, { encoding: 'utf8' });
    if (status !== 0)
      throw new Error(
        `${pathOf(name)} does not run: ${error?.message ?? stderr + stdout}; delete it, and run this again`,
      );
  }
  console.log(`${names.join(', ')}: all there, in ${cache()}`);
}

function checkGo(missing: readonly ToolName[]): void {
  const found = spawnSync('go', ['env', 'GOVERSION'], {
    encoding: 'utf8',
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(found.stdout ?? '') ?? []).map(Number);
  const [needMajor, needMinor] = OLDEST_GO;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  const state = found.error === undefined ? `Go ${major}.${minor} is too old` : 'Go is missing';
  throw new Error(
    `${state}, and ${missing.join(', ')} must be built with Go ${needMajor}.${needMinor} or newer: https://go.dev/dl/ (unpack it and put its bin into PATH)`,
  );
}

/** Into a name of its own first, so that a build that is interrupted leaves nothing that looks whole. */
function build(name: ToolName): void {
  const tool = TOOLS[name];
  const path = pathOf(name);
  const partial = `${path}.${process.pid}`;
  mkdirSync(join(path, '..'), { recursive: true });
  const { error, status, stderr } = spawnSync(
    'go',
    ['build', '-mod=readonly', '-buildvcs=false', ...flagsOf(tool), '-o', partial, tool.package],
    {
      cwd: moduleFolder(tool),
      encoding: 'utf8',
      maxBuffer: 100_000_000,
      env: { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off' },
    },
  );
  if (error === undefined && status === 0) {
    renameSync(partial, path);
    return;
  }
  rmSync(partial, { force: true });
  throw new Error(
    `cannot build ${name}: ${error?.message ?? stderr.trim().split('\n').slice(-15).join('\n')}\nIs the Go module proxy reachable (go env GOPROXY), is the disk full?`,
  );
}

if (import.meta.main) {
  try {
    const wanted = process.argv.slice(2);
    const unknown = wanted.find((name) => !NAMES.some((known) => known === name));
    if (unknown !== undefined) throw new Error(`there is no tool ${unknown}; there are ${NAMES.join(', ')}`);
    ensureTools(wanted.length > 0 ? NAMES.filter((name) => wanted.includes(name)) : NAMES);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
