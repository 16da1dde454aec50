// npm run bench [-- ROW… --json FILE]: what things cost, each as a ratio to a peer that does the same in the same run, or against a limit.
// Prints the median of paired rounds and the worst one; asserts nothing, because machines are noisy. Run it with nothing beside it.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../services/install.ts';
import { databaseRows } from './databases.ts';
import { type Figure, type Row, shown, verdictOf } from './figures.ts';
import { loopRows } from './loop.ts';
import { probesRow } from './probes.ts';
import { rulesRow } from './rules.ts';
import { sloRows } from './slos.ts';

const ROWS: readonly Row[] = [...sloRows, ...loopRows, probesRow, databaseRows, rulesRow];

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const unknown = positionals.filter((name) => !ROWS.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(`bench: there is no row ${unknown.join(', ')}; there are: ${ROWS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
ensurePackages();
const load = loadavg()[0]!;
console.log(
  `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}, load ${load.toFixed(1)}${load > 0.5 ? ': something else runs, the figures are worth less' : ''}\n`,
);
const all: (Figure & { readonly row: string; readonly verdict: string })[] = [];
for (const row of ROWS.filter(({ name }) => positionals.length === 0 || positionals.includes(name)))
  for (const figure of await row.measure()) {
    const verdict = verdictOf(figure);
    all.push({ row: row.name, ...figure, verdict });
    const { what, against, value, worst, unit, must, aim, how } = figure;
    const limits =
      must === undefined ? '' : `, must ${shown(must, unit)}${aim === undefined ? '' : `, aim ${shown(aim, unit)}`}`;
    console.log(`${what}${against === undefined ? '' : `, against ${against}`}`);
    console.log(
      `  ${shown(value, unit)} (worst ${shown(worst, unit)}${limits})${verdict === '' ? '' : `: ${verdict}`}`,
    );
    console.log(`  ${how}\n`);
  }
const missed = all.filter(({ verdict }) => verdict === 'MISSED');
console.log(
  missed.length === 0
    ? `${all.length} figures, no limit missed`
    : `${all.length} figures; missed: ${missed.map(({ what }) => what).join('; ')}`,
);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, load, figures: all }, null, 2)}\n`);
process.exit(0);
