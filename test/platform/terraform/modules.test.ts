// Every module and environment: formatted, valid, tested with mocked clouds, each check of a variable seen to refuse, documented.
import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { toolPath } from '../tools.ts';
import { moduleDocs } from './module-docs.ts';
import { assertions, blocks, ENVIRONMENTS, expectedFailures, MODULES } from './sources.ts';
import { TERRAFORM, testRuns, workspace } from './workspace.ts';

const space = workspace('terraform-modules');
afterAll(() => space.remove());
const ALL = [...MODULES, ...ENVIRONMENTS];

it('everything is formatted as terraform fmt does', async () => {
  expect(await space.terraform('.', ['fmt', '-check', '-recursive', '-diff'])).toEqual({ code: 0, out: '' });
});

describe.each(ALL)('%s', (folder) => {
  it('is valid, and its tests pass', async () => {
    const init = await space.terraform(folder, ['init', '-backend=false', '-input=false']);
    expect(init.code, init.out).toBe(0);
    expect(JSON.parse((await space.terraform(folder, ['validate', '-json'])).out)).toMatchObject({
      valid: true,
      diagnostics: [],
    });
    const { out } = await space.terraform(folder, ['test', '-json']);
    const runs = testRuns(out);
    expect(runs.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(runs.length, out.slice(-2000)).toBeGreaterThan(0);
    if (process.env.PRINT) console.log(`${folder}: ${runs.length} runs, ${assertions(folder)} assertions`);
  });
  it('has variables that are typed, described and checked, and each check refuses something in a test', () => {
    const refused = expectedFailures(folder);
    const wrong = blocks(folder, 'variable').flatMap(({ name, text }) => {
      const isBool = /^\s*type\s*=\s*bool$/m.test(text);
      const isChecked = /^\s*validation \{/m.test(text);
      return [
        ...(/^\s*type\s*=/m.test(text) ? [] : [`${name} has no type`]),
        ...(/^\s*description\s*=/m.test(text) ? [] : [`${name} has no description`]),
        ...(isChecked || isBool ? [] : [`${name} is not checked`]),
        ...(!isChecked || refused.has(`var.${name}`) ? [] : [`${name}: no test expects its check to fail`]),
      ];
    });
    expect(wrong).toEqual([]);
  });
  it('has checks and preconditions, and each fails in a test', () => {
    const refused = expectedFailures(folder);
    const checks = blocks(folder, 'check').map(({ name }) => `check.${name}`);
    const guarded = blocks(folder, 'resource').filter(({ text }) => /^\s*precondition \{/m.test(text));
    const all = [...checks, ...guarded.map(({ name }) => name)];
    expect(all.filter((address) => !refused.has(address))).toEqual([]);
  });
  it('has a README whose tables are those of the code', () => {
    expect(moduleDocs(folder)).toEqual({ folder, isCurrent: true });
  });
});

it('no module has a provider block or another provider', () => {
  for (const folder of MODULES) expect(blocks(folder, 'provider'), folder).toEqual([]);
});

it('tflint with all rules finds nothing', () => {
  const args = ['--recursive', `--config=${TERRAFORM}/.tflint.hcl`, '--format=compact', '--no-color'];
  const out = execFileSync(toolPath('tflint'), args, { cwd: TERRAFORM, encoding: 'utf8' });
  expect(out).toBe('');
});
