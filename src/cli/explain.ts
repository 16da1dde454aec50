// plimsoll explain RULE: what a rule means and how to mend it.
import type { Command } from 'commander';
import { RULES, type RuleId } from '../spec/rules.ts';
import { CommandError, EXIT } from './exit.ts';

export function registerExplain(program: Command): void {
  program
    .command('explain [rule]')
    .description('explain a rule of check; without a name, list all')
    .action((rule: string | undefined) => {
      const list = Object.entries(RULES).map(([id, [severity, summary]]) => `${id.padEnd(24)} ${severity.padEnd(8)} ${summary}`);
      if (rule === undefined) return console.log(list.join('\n'));
      if (!Object.hasOwn(RULES, rule)) throw new CommandError(EXIT.usage, `there is no rule "${rule}"; there are:\n${list.join('\n')}`);
      const [severity, summary, explanation] = RULES[rule as RuleId];
      console.log(`${rule} (${severity}): ${summary}\n\n${explanation}`);
    });
}
