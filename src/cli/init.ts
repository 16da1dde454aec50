// plimsoll init: the first plimsoll.yaml, from what Terraform has just built. Reads one file and writes one, and asks nothing else.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandError, EXIT } from './exit.ts';
import { type Platform, platformIn } from './platform-outputs.ts';
import { platformSpec } from './platform-spec.ts';

interface InitOptions {
  readonly fromTerraform?: string;
  readonly out: string;
  readonly team: string;
}

export function registerInit(program: Command): void {
  program
    .command('init')
    .description('write a first plimsoll.yaml: targets and SLOs for the platform that Terraform has built')
    .option('--from-terraform <file>', 'output of an environment: terraform output -json plimsoll > outputs.json')
    .option('--out <file>', 'file to write; - for standard output', 'plimsoll.yaml')
    .option('--team <name>', 'team that is told of alerts', 'platform')
    .action(init);
}

function init({ fromTerraform, out, team }: InitOptions): void {
  if (fromTerraform === undefined)
    throw new CommandError(
      EXIT.usage,
      'init needs --from-terraform outputs.json (terraform output -json plimsoll > outputs.json); for a site without Terraform: plimsoll serve --site https://shop.example.org',
    );
  const platform = platformIn(read(fromTerraform), fromTerraform);
  const text = platformSpec(platform, team);
  if (out === '-') {
    process.stdout.write(text);
    return;
  }
  write(out, text);
  console.log(`${out}: ${told(platform)}
next: put the passwords where the file says, then plimsoll check; without them plimsoll check --no-secrets
alerts need the sections alerting and notify: README.md, "Alerts"`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(EXIT.usage, `--from-terraform: cannot read ${file}: ${(error as Error).message}`);
  }
}

/** Never over a file that is there: it may have been changed by hand. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandError(
      EXIT.usage,
      code === 'EEXIST'
        ? `${file} is there already and stays as it is; write another with --out, or look at the text with --out -`
        : `cannot write ${file}: ${message}`,
    );
  }
}

const told = ({ url, database, cache }: Platform): string =>
  `targets and SLOs for ${[url, database?.host, cache?.host].filter((one) => one !== undefined).join(', ')}`;
