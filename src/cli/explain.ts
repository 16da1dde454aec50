// plimsoll explain RULE: what a rule means and how to mend it. Only shows the catalogue.
import type { Command } from 'commander';
import { didYouMean } from '../spec/nearest.ts';
import { RULE_IDS, RULES, type RuleId } from '../spec/rules.ts';
import { CommandError, EXIT } from './exit.ts';

export function registerExplain(program: Command): void {
  program
    .command('explain [rule]')
    .description('explain a rule of check; without a name, list all')
    .action((rule: string | undefined) => {
      if (rule === undefined) console.log(ruleList());
      else if (isRule(rule)) console.log(page(rule));
      else
        throw new CommandError(
          EXIT.usage,
          `there is no rule "${rule}"; ${didYouMean(rule, RULE_IDS, 'rules') ?? ''}\n${ruleList()}`,
        );
    });
}

const isRule = (text: string): text is RuleId => Object.hasOwn(RULES, text);
const ruleList = () =>
  RULE_IDS.map((id) => `${id.padEnd(22)} ${RULES[id].severity.padEnd(8)} ${RULES[id].summary}`).join('\n');

function page(id: RuleId): string {
  const { severity, exit, summary, explanation } = RULES[id];
  return `${id}: ${summary}\n${severity}, ${exit === 'invalid' ? 'exit code 3: would not start' : 'exit code 1: a finding'}\n\n${explanation}`;
}
