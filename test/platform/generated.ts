// The folder that is proven in test:platform: alerts/generated, or what PLIMSOLL_GENERATED names.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const GENERATED = resolve(process.env.PLIMSOLL_GENERATED ?? 'alerts/generated');

/** Its YAML files, relative to it; none if it is not there. */
export const yamlFiles: readonly string[] = existsSync(GENERATED)
  ? readdirSync(GENERATED, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ya?ml$/.test(file))
      .sort()
  : [];

export const textOf = (file: string): string => readFileSync(join(GENERATED, file), 'utf8');
