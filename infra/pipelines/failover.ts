// node infra/pipelines/failover.ts primary|standby ENVIRONMENT: leads the names to the other origin. Looks at that origin first,
// changes DNS records and nothing else, and tells the exporter, so that boards show it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, environment, outputs, planned, run, terraform } from './environment.ts';

const PLIMSOLL = new URL('../../src/main.ts', import.meta.url).pathname;
const plimsoll = (...args: string[]): number =>
  spawnSync(process.execPath, [PLIMSOLL, ...args], { stdio: 'inherit' }).status ?? 1;

interface Origin {
  /** What visitors ask for: the name stays when the address changes. */
  readonly url: string;
  readonly address: string | null;
}
/** Throws an Error if there is none, or if it does not answer: then nothing is changed. */
function checkOrigin(side: string, of: Environment): void {
  const origins = (outputs(of).origins?.value ?? {}) as Readonly<Record<string, Origin | undefined>>;
  const { url, address } = origins[side] ?? {};
  if (!url || !address)
    throw new Error(`${of.name} has no origin "${side}": set the variable standby_address, and apply`);
  const ca = process.env.ORIGIN_CA ? ['--ca', process.env.ORIGIN_CA] : [];
  if (plimsoll('probe', url, '--address', address, ...ca) !== 0)
    throw new Error(`the origin ${side} (${address}) does not answer as it should: nothing was changed`);
}

/** The two records and nothing else, and without asking after the rest: in an outage, more may be pending or not answer. */
const ONLY = ['-target=module.edge.ionoscloud_dns_record.origin', '-refresh=false'];

/** Throws an Error if the plan has more in it than the records. */
function isSwitched(of: Environment, file: string): boolean {
  const changes = planned(of, file, ...ONLY);
  const others = changes.filter(({ type }) => type !== 'ionoscloud_dns_record').map(({ address }) => address);
  if (others.length > 0)
    throw new Error(
      `the plan would change more than DNS records (${others.slice(0, 5).join(', ')}): apply that first, nothing was changed`,
    );
  return changes.length === 0;
}

function announce(side: string): void {
  const { PLIMSOLL_URL: url, PLIMSOLL_TOKEN: token, PLIMSOLL_SERVICE: service = 'wordpress' } = process.env;
  if (!url || !token) {
    console.log('PLIMSOLL_URL and PLIMSOLL_TOKEN are not set: boards will not show this failover');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'failover-'));
  const file = join(folder, 'token');
  writeFileSync(file, token, { mode: 0o600 });
  const text = `DNS leads to the origin ${side}`;
  const told = plimsoll('event', 'failover', '--service', service, '--text', text, '--url', url, '--token-file', file);
  rmSync(folder, { recursive: true });
  // The names have been changed; that boards do not know it is no reason to fail.
  if (told !== 0) console.error('the exporter was not told: boards will not show this failover');
}

run(() => {
  const [side = '', name = ''] = process.argv.slice(2);
  if (side !== 'primary' && side !== 'standby')
    throw new Error('write node infra/pipelines/failover.ts primary|standby ENVIRONMENT');
  const found = environment(name);
  const of = { ...found, env: { ...found.env, TF_VAR_active_origin: side } };
  checkOrigin(side, of);
  const file = join(of.path, 'failover.plan');
  try {
    if (isSwitched(of, file)) {
      console.log(`${name} is on the origin ${side} already: nothing was changed`);
      return;
    }
    terraform(of, 'apply', '-input=false', file);
  } finally {
    rmSync(file, { force: true });
  }
  announce(side);
});
