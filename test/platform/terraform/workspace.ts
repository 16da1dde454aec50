// Terraform on a copy of infra/terraform, so that nothing is left in the repository. Providers come from wherever Terraform is
// told to take them (TF_CLI_CONFIG_FILE, or its registry).
import { execFile, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { privateFolder } from '../../services/process.ts';

export const TERRAFORM = new URL('../../../infra/terraform', import.meta.url).pathname;
const OLDEST = [1, 11] as const;

export interface Ended {
  readonly code: number;
  /** Standard output, and errors behind it. */
  readonly out: string;
}

export interface Workspace {
  readonly path: string;
  /** Runs terraform in a folder below; `env` is added. Never rejects: the code says. */
  terraform(folder: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  remove(): void;
}

/** A copy of infra/terraform without what an earlier terraform init left there. Throws an Error if Terraform is not there. */
export function workspace(name: string): Workspace {
  checkTerraform();
  const folder = privateFolder(name);
  const path = join(folder.path, 'terraform');
  cpSync(TERRAFORM, path, {
    recursive: true,
    filter: (file) => !/\/\.terraform($|\/)|\.tfstate|\.lock\.hcl$/.test(file),
  });
  return {
    path,
    terraform: (below, args, env = {}) =>
      new Promise((resolve) => {
        execFile(
          'terraform',
          args,
          {
            cwd: join(path, below),
            encoding: 'utf8',
            maxBuffer: 200_000_000,
            env: { ...process.env, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1', TF_CLI_ARGS: '-no-color', ...env },
          },
          (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
        );
      }),
    remove: () => folder.remove(),
  };
}

function checkTerraform(): void {
  const { stdout, error } = spawnSync('terraform', ['version', '-json'], { encoding: 'utf8' });
  const found =
    error === undefined ? (JSON.parse(stdout) as { terraform_version: string }).terraform_version : undefined;
  const [major = 0, minor = 0] = (found ?? '').split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Error(
    `${found === undefined ? 'terraform is missing' : `terraform ${found} is too old`}: put ${OLDEST.join('.')} or newer into PATH, https://developer.hashicorp.com/terraform/install`,
  );
}

/** The JSON lines of terraform test -json. */
export interface TestRun {
  readonly run: string;
  readonly file: string;
  readonly status: string;
  readonly message: string;
}

/** What terraform test says of each run, with the reason of a failure. */
export function testRuns(out: string): TestRun[] {
  const lines = out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const why = (file: unknown, run: unknown) =>
    lines
      .filter((line) => line.type === 'diagnostic' && line['@testfile'] === file && line['@testrun'] === run)
      .map(({ '@message': message, diagnostic }) => `${message}: ${(diagnostic as { detail?: string })?.detail ?? ''}`)
      .join('; ');
  return lines.flatMap((line) => {
    const { path, run, status, progress } = (line.test_run ?? {}) as Record<string, string>;
    return line.type !== 'test_run' || status === undefined || (progress !== undefined && progress !== 'complete')
      ? []
      : [{ run: run!, file: path!, status, message: why(path, run) }];
  });
}
