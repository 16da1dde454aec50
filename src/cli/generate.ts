// plimsoll generate alerts|dashboards|chart|faro: writes what on-call gets, or with --check says whether the folder is what the spec says.
import type { Command } from 'commander';
import { loadSpec } from '../files/load-spec.ts';
import { type Drift, driftIn, fileInTheWay, writeGenerated } from '../files/write-generated.ts';
import type { GeneratedFile } from '../generate/file.ts';
import type { Spec } from '../spec/spec.ts';
import { CommandError, EXIT } from './exit.ts';
import { formatFindings } from './findings.ts';
import { CHART_OUT, chartFiles } from './generate-chart.ts';
import { GENERATED } from './generated-rules.ts';
import { oneOf, repeated } from './options.ts';

type Generator = (spec: Spec) => GeneratedFile[];

/** Loaded when they are needed: the check of PromQL takes a moment, which other commands do not have. */
const alerts = async (): Promise<Generator> => (await import('../../alerts/generate.ts')).alertFiles;
const dashboards = async (): Promise<Generator> => {
  const { dashboardFiles } = await import('../../dashboards/generate.ts');
  const { loadOverlays } = await import('../../dashboards/overlays.ts');
  const overlays = await loadOverlays().catch(refuse);
  // Without overlays, what is wrong is our mistake.
  return (spec) => withOverlays(overlays, () => dashboardFiles(spec, overlays));
};

const GENERATORS: Readonly<Record<string, { out: string; load: () => Promise<Generator> }>> = {
  alerts: { out: GENERATED, load: alerts },
  dashboards: { out: 'dashboards/generated', load: dashboards },
  chart: {
    out: CHART_OUT,
    load: async () => {
      const [alertsOf, boardsOf] = [await alerts(), await dashboards()];
      return (spec) => chartFiles([...alertsOf(spec), ...boardsOf(spec)]);
    },
  },
  faro: { out: 'faro', load: async () => (await import('../generate/alloy-faro.ts')).faroReceiver },
};

function refuse(error: unknown): never {
  throw new CommandError(EXIT.invalid, (error as Error).message);
}
function withOverlays<T>(overlays: object, make: () => T): T {
  if (Object.keys(overlays).length === 0) return make();
  try {
    return make();
  } catch (error) {
    return refuse(error);
  }
}

interface GenerateOptions {
  readonly config?: readonly string[];
  readonly out?: string;
  readonly check?: boolean;
}

export function registerGenerate(program: Command): void {
  program
    .command('generate <what>')
    .description(
      'write alerts (rules, tests, routing), dashboards (boards of Grafana), what the chart carries of both, or faro (a receiver of Grafana Alloy) from the spec; exit 1 with --check if they differ',
    )
    .option('--config <file>', 'spec; repeat for several files (default: plimsoll.yaml)', repeated)
    .option(
      '--out <folder>',
      'folder to write into (default: alerts/generated, dashboards/generated, helm/exporter/generated or faro)',
    )
    .option('--check', 'write nothing, and exit with 1 if the folder is not what the spec says')
    .action(async (what: string, options: GenerateOptions) => {
      const kind = oneOf('generate', what, Object.keys(GENERATORS));
      const { load, out } = GENERATORS[kind]!;
      const spec = specFrom(options.config ?? ['plimsoll.yaml']);
      generate((await load())(spec), options.out ?? out, options.check === true);
      if (kind !== 'dashboards' && kind !== 'faro' && spec.notify.default === undefined)
        console.log('the spec has no section notify: no Alertmanager config; nobody is told of alerts by it');
    });
}

/** A valid spec, or the command ends with what is wrong with it. Warnings, and secrets that are not here, are left to `check`. */
export function specFrom(paths: readonly string[]): Spec {
  const result = loadSpec(paths, { without: true });
  if (result.ok) return result.spec;
  const errors = result.findings.filter((f) => f.severity === 'error');
  throw new CommandError(EXIT.invalid, formatFindings(errors, result.secrets));
}

function generate(files: readonly GeneratedFile[], folder: string, check: boolean): void {
  const file = fileInTheWay(folder);
  if (file !== undefined)
    throw new CommandError(
      EXIT.usage,
      `--out ${folder}: ${file} is a file, and ${files.length} files go into a folder; name a folder, for example --out ${GENERATED}, or move the file away`,
    );
  if (check) {
    const drift = driftIn(folder, files);
    if (drift.length === 0) console.log(`${folder}: ${files.length} files, as the spec says`);
    else {
      for (const line of told(drift)) console.log(line);
      console.log(`${folder} is not what the spec says: generate it again and commit the result`);
      process.exitCode = EXIT.findings;
    }
    return;
  }
  let changed: readonly Drift[];
  try {
    changed = writeGenerated(folder, files);
  } catch (error) {
    throw new CommandError(EXIT.usage, `--out ${folder}: nothing was changed: ${(error as Error).message}`);
  }
  for (const { path, what } of changed) console.log(`  ${WRITTEN[what]} ${path}`);
  console.log(`${folder}: ${files.length} files, ${changed.length === 0 ? 'none' : changed.length} changed`);
}

const WRITTEN: Readonly<Record<Drift['what'], string>> = {
  missing: 'new    ',
  differs: 'changed',
  'no longer generated': 'removed',
};

const told = (drift: readonly Drift[]): string[] => drift.map(({ path, what }) => `  ${path}: ${what}`);
