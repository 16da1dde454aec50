// Replaces ${env:NAME} and ${file:path} in a document, and spots secrets that stand there in plain text.
// Never puts a value into a finding.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets are written so in the spec
import { dirname, isAbsolute, join } from 'node:path';
import { isPair, isScalar, type Scalar, visit } from 'yaml';
import type { Path, Problem } from './finding.ts';
import type { Source } from './source.ts';

export interface SecretPorts {
  env(name: string): string | undefined;
  /** Text of a file; undefined, or an exception, if it cannot be read. */
  readFile(path: string): string | undefined;
  /** True: a secret that is not there is no problem; its reference stands for it. For commands that need none. */
  readonly without?: boolean;
}

const REFERENCE = /\$\{(env|file):([^}]*)\}/g;
const SECRET_KEYS = new Set(['password', 'healthToken', 'authorization', 'x-api-key', 'cookie']);
const URL_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*?:([^/\s]+)@/i;

/** Resolves every reference in place. Returns all values (for redaction) and the problems. */
export function resolveSecrets(source: Source, ports: SecretPorts): { secrets: string[]; problems: Problem[] } {
  const secrets: string[] = [];
  const problems: Problem[] = [];
  visit(source.doc, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return;
      if (!node.value.includes('${env:') && !node.value.includes('${file:')) {
        const inline = inlineSecret(keyOf(ancestors.at(-1)), node.value);
        if (inline === undefined) return;
        const path = pathOf(ancestors, node);
        secrets.push(inline);
        // With escapes or in lines the file shows it otherwise than it is read; what is shown must be known too, to be masked.
        const [from = 0, to = 0] = node.range ?? [];
        const shown = source.text.slice(from, to);
        const lines = shown.split('\n').map((line) => line.trim().replaceAll(/^["']|["']$/g, ''));
        // Not the mark of a block (|, >-), which stands in other places too.
        if (!shown.includes(inline) || inline.includes('\n')) secrets.push(...lines.filter((line) => line.length > 3));
        problems.push({
          rule: 'inline-secret',
          path,
          message: `${path.at(-1)} holds a secret in plain text`,
          hint: 'write ${file:/run/secrets/NAME} or "${env:NAME}" instead, and change the secret',
        });
        return;
      }
      const path = pathOf(ancestors, node);
      node.value = node.value.replace(REFERENCE, (whole, kind: string, name: string) => {
        const value = kind === 'env' ? ports.env(name) : fileContent(source.file, name, ports);
        // What Alertmanager is told would stand in a generated file.
        if ((value === undefined || value === '') && ports.without === true && path[0] === 'targets') return whole;
        if (value === undefined || value === '') {
          problems.push(missing(kind, name, path, value === ''));
          return whole;
        }
        secrets.push(value);
        return value;
      });
    },
  });
  return { secrets, problems };
}

function missing(kind: string, name: string, path: Path, empty: boolean): Problem {
  const what = kind === 'env' ? `environment variable ${name}` : `file ${name}`;
  return {
    rule: 'secret-missing',
    path,
    message: `${what} ${empty ? 'is empty' : kind === 'env' ? 'is not set' : 'cannot be read'}`,
    hint:
      kind === 'env'
        ? `set it before the start: ${name}=… plimsoll …`
        : 'the path is relative to the directory of the spec file; is it mounted and readable?',
  };
}

/** A path as the spec means it: relative to the directory of the spec file. */
export const beside = (specFile: string, path: string): string =>
  isAbsolute(path) ? path : join(dirname(specFile), path);

function fileContent(specFile: string, path: string, ports: SecretPorts): string | undefined {
  try {
    return ports.readFile(beside(specFile, path))?.replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

/** The secret in a plain value, if the key or the form of the URL says that it is one. */
function inlineSecret(key: string | undefined, value: string): string | undefined {
  const password = URL_PASSWORD.exec(value)?.[1];
  if (password !== undefined) return password;
  return key !== undefined && value !== '' && SECRET_KEYS.has(key === 'healthToken' ? key : key.toLowerCase())
    ? value
    : undefined;
}

/** The key of a value that stands under one; items of lists have none. */
const keyOf = (parent: unknown): string | undefined =>
  isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : undefined;

function pathOf(ancestors: readonly unknown[], node: Scalar): Path {
  const path: (string | number)[] = [];
  const chain = [...ancestors, node];
  for (const [index, parent] of chain.entries()) {
    const child = chain[index + 1];
    const { key, items } = parent as { key?: unknown; items?: unknown[] };
    if (isScalar(key)) path.push(String(key.value));
    else if (Array.isArray(items) && !isPairLike(child)) path.push(items.indexOf(child));
  }
  return path.filter((part) => part !== -1);
}

const isPairLike = (node: unknown) => typeof node === 'object' && node !== null && 'key' in node;
