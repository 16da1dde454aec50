// The Alertmanager config for Mimir as it was generated, with its secrets filled in: Mimir takes no *_file. Never prints a secret.
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { unreadable } from '../files/named-files.ts';
import type { AlertmanagerConfig } from '../generate/diff-alertmanager.ts';
import { resolveSecrets } from '../spec/secrets.ts';
import { readSource } from '../spec/source.ts';
import { CommandError, EXIT } from './exit.ts';
import { yamlFilesIn } from './generated-rules.ts';

export interface AlertmanagerFile extends AlertmanagerConfig {
  readonly file: string;
  /** The config as text, with secrets. */
  readonly text: string;
  readonly secrets: readonly string[];
}

/** What Mimir's Alertmanager API takes and answers: `alertmanager_config` and `template_files`. Undefined if it is something else. */
export function readPayload(text: string): { config: string; templates: Record<string, string> } | undefined {
  let found: unknown;
  try {
    found = parse(text);
  } catch {
    return undefined;
  }
  const { alertmanager_config: config, template_files: templates } = (found ?? {}) as Record<string, unknown>;
  if (typeof config !== 'string') return undefined;
  const files = Object.entries((templates ?? {}) as Record<string, unknown>);
  return { config, templates: Object.fromEntries(files.map(([name, content]) => [name, String(content)])) };
}

/** In a folder, the form for Mimir has this name beside those for other Alertmanagers. */
const FORM = 'mimir.yaml';

/**
 * The one config for Mimir at `from`: as it was generated, with its templates beside it, or as a push kept it. Throws
 * CommandError: exit code 2 if there is not exactly one, 3 if it, a template or a secret is wrong.
 */
export function readAlertmanagerFile(from: string): AlertmanagerFile {
  const files = yamlFilesIn(from).flatMap((file) => foundIn(file, file === from));
  const [found, other] = files;
  if (found === undefined)
    throw new CommandError(
      EXIT.usage,
      `${from}: holds no Alertmanager config for Mimir (${FORM} with "route:" and "receivers:"); write the section notify of the spec and run npm run alerts, or name a file with --from`,
    );
  if (other !== undefined)
    throw new CommandError(EXIT.usage, `${from}: two configs, ${found.file} and ${other.file}; name one with --from`);
  const resolved = withSecrets(found.file, found.text);
  return {
    file: found.file,
    templates: found.templates ?? templatesOf(found.file, resolved.config),
    ...resolved,
  };
}

interface Found {
  readonly file: string;
  readonly text: string;
  /** Of a file that a push kept. */
  readonly templates?: Record<string, string>;
}

function foundIn(file: string, isNamed: boolean): Found[] {
  const text = readFileSync(file, 'utf8');
  const kept = readPayload(text);
  if (kept !== undefined) return [{ file, text: kept.config, templates: kept.templates }];
  return isConfig(text) && (isNamed || basename(file) === FORM) ? [{ file, text }] : [];
}

function isConfig(text: string): boolean {
  try {
    const found = (parse(text) ?? {}) as Record<string, unknown>;
    return 'route' in found && 'receivers' in found;
  } catch {
    return false;
  }
}

/** Mimir knows templates by their names; in the repository they are in a folder beside the config. */
function templatesOf(file: string, config: unknown): Record<string, string> {
  const { templates = [] } = config as { templates?: readonly unknown[] };
  return Object.fromEntries(templates.map((name) => [String(name), templateText(file, String(name))]));
}

function templateText(file: string, name: string): string {
  const path = join(dirname(file), 'templates', name);
  if (name !== basename(name))
    throw new CommandError(EXIT.invalid, `${file}: template ${name}: Mimir takes names of files, not paths`);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(EXIT.invalid, `${file}: template ${name}: ${path}: ${unreadable(error)}`);
  }
}

/** Replaces ${file:PATH} (relative to the file) and ${env:NAME}. */
function withSecrets(file: string, config: string): { text: string; config: unknown; secrets: readonly string[] } {
  const where = file;
  const { source, findings } = readSource(file, config);
  if (source === undefined) throw new CommandError(EXIT.invalid, `${where}: ${findings[0]?.message}`);
  const unusable = new Map<string, string>();
  const { secrets, problems } = resolveSecrets(source, {
    env: (name) => process.env[name],
    readFile: (path) => {
      const { text, problem } = secretFile(path);
      if (problem !== undefined) unusable.set(resolve(path), problem);
      return text;
    },
  });
  const missing = problems.filter((problem) => problem.rule === 'secret-missing');
  if (missing.length > 0)
    throw new CommandError(
      EXIT.invalid,
      [...missing.map(({ path, message }) => `${where}: ${path.join('.')}: ${message}`), ...filesHint(unusable)].join(
        '\n',
      ),
    );
  return { text: source.doc.toString({ lineWidth: 0 }), config: source.doc.toJS(), secrets };
}

function secretFile(path: string): { text?: string; problem?: string } {
  try {
    const text = readFileSync(path, 'utf8');
    return { text, ...(text.trim() === '' && { problem: 'is empty' }) };
  } catch (error) {
    return { problem: unreadable(error) };
  }
}

/** Which files must be there, on which machine, and what is in them. */
function filesHint(unusable: ReadonlyMap<string, string>): string[] {
  if (unusable.size === 0) return [];
  const [these, each] =
    unusable.size === 1 ? ['this file', 'with the secret'] : ['these files', 'each with one secret'];
  return [
    `Mimir reads no files, so push fills secrets in where it runs, also to compare without --yes. It needs ${these} on this machine, readable by you, ${each} and nothing else:`,
    ...[...unusable].map(([path, problem]) => `  ${path} (${problem})`),
    'Mount them there, or run push where they are. The paths are those of the section notify of the spec.',
  ];
}
