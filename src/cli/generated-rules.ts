// The rule files that were generated and reviewed, read back: what is pushed and compared is what stands there. Never generates.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unreadable } from '../files/named-files.ts';
import { type ReadGroup, readRuleFile } from '../generate/read-rules.ts';
import { MIMIR_NAMESPACE } from '../generate/rule-files.ts';
import { CommandError, EXIT } from './exit.ts';

/** Where the generators write by default. */
export const GENERATED = 'alerts/generated';

/** All groups of one kind below a folder, or in a file. Throws CommandError: exit code 2 without files, 3 for one that is wrong. */
export function readGenerated(from: string, kind: 'mimir' | 'prometheus'): readonly ReadGroup[] {
  const read = yamlFilesIn(from).map((file) => ({ file, ...readOne(file) }));
  const files = read.filter((one) => one.kind === kind);
  const foreign = files.find((file) => file.namespace !== undefined && file.namespace !== MIMIR_NAMESPACE);
  if (foreign !== undefined)
    throw new CommandError(
      EXIT.invalid,
      `${foreign.file}: is for the namespace ${foreign.namespace}; only ${MIMIR_NAMESPACE} is ours`,
    );
  const what = kind === 'mimir' ? 'rule file for Mimir (with "namespace:" and "groups:")' : 'rule file for Prometheus';
  if (files.length === 0)
    throw new CommandError(
      EXIT.usage,
      `${from}: holds no ${what}; run npm run alerts, or name another place with --from`,
    );
  const seen = new Map<string, string>();
  for (const { file, groups } of files)
    for (const { name } of groups) {
      if (seen.has(name)) throw new CommandError(EXIT.invalid, `${file}: group ${name} is in ${seen.get(name)} too`);
      seen.set(name, file);
    }
  return files.flatMap((file) => file.groups);
}

/** The YAML files below a folder by their path, or the file itself. */
export function yamlFilesIn(from: string): string[] {
  try {
    if (!statSync(from).isDirectory()) return [from];
    const entries = readdirSync(from, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
    return files.map((entry) => join(entry.parentPath, entry.name)).sort();
  } catch (error) {
    throw new CommandError(EXIT.usage, `--from ${from}: ${unreadable(error)}; run npm run alerts first`);
  }
}

function readOne(file: string) {
  try {
    return readRuleFile(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CommandError(EXIT.invalid, `${file}: ${(error as Error).message}`);
  }
}
