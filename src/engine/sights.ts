// What the exporter sees of changes by itself: which fact of a run shows which thing, and how its change is told. Pure.
import type { Facts } from '../probe/probe.ts';
import type { Run } from '../probe/runner.ts';
import type { ChangeKind } from '../spec/names.ts';
import type { Target } from '../spec/target.ts';

/** One thing that was seen in a run. */
export interface Sight {
  readonly kind: ChangeKind;
  readonly value: string;
  /** Where it was seen: a target that leads elsewhere is another thing. */
  readonly place: string;
  readonly text: (from: string, to: string) => string;
}

/** The thing that a run shows, if it shows one. */
export function sightOf({ target, steps }: Run): Sight | undefined {
  const fact = (name: keyof Facts, ...of: readonly string[]) =>
    steps.filter(({ step }) => of.includes(step)).findLast(({ facts }) => facts[name] !== undefined)?.facts[name];
  const sight = (value: unknown, kind: ChangeKind, text: Sight['text']): Sight | undefined =>
    typeof value === 'string' ? { kind, value, place: placeOf(target), text } : undefined;
  switch (target.kind) {
    case 'wordpress': {
      // Who asks the plugin believes it alone: a page can name another version, or none.
      const told = target.steps.filter((step) => step === 'cron' || step === 'objectcache');
      const value = fact('wordpressVersion', ...(told.length > 0 ? told : ['uncached']));
      return sight(value, 'core_update', (from, to) => `WordPress ${from} -> ${to}`);
    }
    case 'tls':
      return sight(
        fact('certificate', 'handshake'),
        'certificate_renewed',
        (from, to) => `certificate served: ${to}; before: ${from}`,
      );
    case 'mariadb':
      return sight(fact('server', 'write'), 'failover', (from, to) => `writes go to ${to}; before: ${from}`);
    default:
      return undefined;
  }
}

/** Without user and password. */
function placeOf(target: Target): string {
  const { protocol, host, pathname } = new URL(target.url);
  const address = 'address' in target ? target.address : undefined;
  const origin = 'origin' in target ? target.origin : undefined;
  const servername = 'servername' in target ? target.servername : undefined;
  return [`${protocol}//${host}${pathname}`, address, origin && new URL(origin).host, servername]
    .filter(Boolean)
    .join(' ');
}
