// plimsoll schema: the JSON Schema of the spec, for editors.
import type { Command } from 'commander';
import { z } from 'zod';
import { specSchema } from '../spec/spec.ts';

/** JSON Schema (draft 2020-12) of what people write. */
export const jsonSchema = (): object => ({
  ...z.toJSONSchema(specSchema, { io: 'input', unrepresentable: 'any' }),
  title: 'plimsoll.yaml',
});

export function registerSchema(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of plimsoll.yaml')
    .action(() => console.log(JSON.stringify(jsonSchema(), null, 2)));
}
