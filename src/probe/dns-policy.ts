// What the spec expects of answers: which ones, where they lead, how long they may be kept; and of both families. Pure.
import { isIP } from 'node:net';
import type { Target } from '../spec/target.ts';
import type { DnsResult } from './dns-ask.ts';
import type { StepOutcome } from './probe.ts';
import { blockList } from './resolve.ts';

type Rules = Pick<Target<'dns'>, 'type' | 'expect' | 'within' | 'maxTtl'>;

const isAddress = (type: string): boolean => type === 'A' || type === 'AAAA';

/** Which setting says nothing about this type of record; undefined if all of them fit. */
export function misfit({ type, within, maxTtl }: Rules): string | undefined {
  if (maxTtl !== undefined && !isAddress(type)) return `maxTtl is for type A and AAAA, not ${type}`;
  const fits = (entry: string) => (isAddressRule(entry) ? isAddress(type) : type === 'CNAME');
  return within === undefined || within.some(fits) ? undefined : `within holds nothing for type ${type}`;
}

/** What is wrong with answers that came; undefined if nothing. */
export function judgeAnswers(
  { expect, within, maxTtl }: Rules,
  { answers = [], ttlSeconds }: DnsResult,
): Pick<StepOutcome, 'outcome' | 'detail'> | undefined {
  if (expect !== undefined) {
    const [got, wanted] = [answers.toSorted().join(', '), expect.toSorted().join(', ')];
    if (got !== wanted) return { outcome: 'dns_wrong_answer', detail: `got ${got}, expected ${wanted}` };
  }
  const outside = within === undefined ? [] : answers.filter((answer) => !isWithin(answer, within));
  if (outside.length > 0) return { outcome: 'dns_not_on_cdn', detail: `outside: ${outside.join(', ')}` };
  if (maxTtl === undefined || ttlSeconds === undefined || ttlSeconds * 1000 <= maxTtl) return undefined;
  return { outcome: 'dns_ttl', detail: `TTL ${ttlSeconds} s, at most ${maxTtl / 1000} s expected` };
}

const isAddressRule = (entry: string): boolean => isIP(entry.split('/')[0]!) !== 0;

function isWithin(answer: string, rules: readonly string[]): boolean {
  const version = isIP(answer);
  if (version !== 0) {
    const ranges = rules.filter(isAddressRule).map(asRange);
    return blockList(ranges).check(answer, version === 6 ? 'ipv6' : 'ipv4');
  }
  const name = answer.toLowerCase().replace(/\.$/, '');
  return rules.some((rule) => name === rule || (rule.startsWith('*.') && name.endsWith(rule.slice(1))));
}

const asRange = (entry: string): string => {
  if (entry.includes('/')) return entry;
  return `${entry}/${isIP(entry) === 6 ? 128 : 32}`;
};

/** A name without AAAA records is fine; one whose AAAA is not answered makes clients wait, or fail. */
export function judgeFamilies(a: DnsResult, aaaa: DnsResult): StepOutcome {
  if (a.outcome === 'dns_nodata') return aaaa;
  if (a.outcome !== 'ok' || aaaa.outcome === 'dns_nodata') return a;
  if (aaaa.outcome !== 'ok')
    return { ...a, outcome: 'dns_aaaa_broken', detail: `${aaaa.detail}, while A is answered: ${a.detail}` };
  const answers = [...(a.answers ?? []), ...(aaaa.answers ?? [])];
  return { ...a, detail: answers.join(', '), facts: { ...a.facts, answers } };
}
