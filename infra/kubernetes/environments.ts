// The environments, and what is known of each: what Terraform said, and what is ours to say.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** This folder. */
export const KUBERNETES = import.meta.dirname;
export const ENVIRONMENTS = ['dev', 'prod'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** The values of platform-values.yaml and platform-settings.yaml, by name. */
export const valuesOf = (environment: Environment): Readonly<Record<string, string>> =>
  Object.assign(
    {},
    ...['platform-values', 'platform-settings'].map(
      (name) => parse(readFileSync(join(KUBERNETES, 'clusters', environment, `${name}.yaml`), 'utf8')).data,
    ),
  );
