// plimsoll preview dashboards: boards as HTML pages, from their queries to a Prometheus, without Grafana.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { fileInTheWay, makeFolder } from '../files/write-generated.ts';
import { formatDuration, parseDuration } from '../spec/scalars.ts';
import { CommandError, EXIT } from './exit.ts';
import { BOARDS_FOLDER, readBoards } from './grafana-boards.ts';
import { httpUrl, oneOf, repeated } from './options.ts';

interface PreviewOptions {
  readonly prometheus: string;
  readonly from: string;
  readonly out: string;
  readonly last: string;
  readonly var?: readonly string[];
  readonly tenant?: string;
}

export function registerPreview(program: Command): void {
  program
    .command('preview <what>')
    .description('draw dashboards as HTML pages, with live values, without Grafana')
    .requiredOption('--prometheus <url>', 'a Prometheus, or Mimir with its prefix, for example http://mimir/prometheus')
    .option('--from <path>', 'folder with boards, or one of them', BOARDS_FOLDER)
    .option('--out <folder>', 'folder for the pages', 'preview')
    .option('--last <duration>', 'how far back', '6h')
    .option('--var <name=value>', 'value of a variable, for example slo=shop-availability; repeat', repeated)
    .option('--tenant <name>', 'tenant of Mimir (header X-Scope-OrgID)')
    .action(preview);
}

async function preview(what: string, options: PreviewOptions): Promise<void> {
  oneOf('preview', what, ['dashboards']);
  const base = httpUrl('--prometheus', options.prometheus, 'http://prometheus:9090').href;
  const lastMs = parseDuration(options.last);
  if (lastMs === undefined || lastMs < 60_000 || lastMs > 90 * 86_400_000)
    throw new CommandError(EXIT.usage, `--last ${options.last}: a duration from 1m to 90d, like 6h`);
  const chosen = Object.fromEntries((options.var ?? []).map(pair));
  const boards = readBoards(options.from);
  checkVariables(chosen, boards);
  const inTheWay = fileInTheWay(options.out);
  if (inTheWay !== undefined)
    throw new CommandError(EXIT.usage, `--out ${options.out}: ${inTheWay} is a file; name a folder`);
  makeFolder(options.out);
  const { previewBoard } = await import('../preview/page.ts');
  const { prometheusAt } = await import('../preview/prometheus.ts');
  const { spanOf } = await import('../preview/read.ts');
  const { variablesOf } = await import('../preview/variables.ts');
  const asked = prometheusAt(base, options.tenant === undefined ? {} : { 'x-scope-orgid': options.tenant });
  const now = Math.floor(Date.now() / 1000);
  const { span, macros } = spanOf(now - lastMs / 1000, now);
  const draw = async (board: (typeof boards)[number]): Promise<void> => {
    const variables = await variablesOf(board, chosen, asked, now);
    const { html, panels } = await previewBoard(board, { asked, span, macros: { ...macros, variables }, rows: true });
    const file = join(options.out, `${board.uid}.html`);
    writeFileSync(file, html);
    const empty = panels.filter((panel) => panel.empty !== undefined).length;
    console.log(`${file}: ${panels.length} panels${empty === 0 ? '' : `, ${empty} without data`}`);
  };
  try {
    for (const board of boards) await draw(board);
  } catch (error) {
    throw new CommandError(EXIT.unreachable, (error as Error).message);
  }
  console.log(`the last ${formatDuration(lastMs)} of ${base}`);
}

function checkVariables(chosen: Readonly<Record<string, string>>, boards: ReturnType<typeof readBoards>): void {
  const names = new Set(
    boards.flatMap(({ templating }) => (templating as { list: { name: string }[] }).list.map(({ name }) => name)),
  );
  names.delete('datasource');
  for (const name of Object.keys(chosen))
    if (!names.has(name))
      throw new CommandError(
        EXIT.usage,
        `--var ${name}: the boards have no such variable, but ${[...names].sort().join(', ')}`,
      );
}

function pair(text: string): [string, string] {
  const [, name, value] = /^(\w+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined)
    throw new CommandError(EXIT.usage, `--var ${text}: name=value, for example slo=shop-availability`);
  return [name, value!];
}
