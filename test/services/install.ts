// What Debian must provide for the demo and the tests: installs it as root, or prints the one command that does.
// Never starts a service of the system.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Package and a file that shows that it is there. */
const NEEDED = [
  ['mariadb-server', '/usr/sbin/mariadbd'],
  ['redis-server', '/usr/bin/redis-server'],
  ['nginx-light', '/usr/sbin/nginx'],
  ['php8.2-fpm', '/usr/sbin/php-fpm8.2'],
  ['php8.2-cli', '/usr/bin/php8.2'],
  ['php8.2-mysql', '/usr/lib/php/20220829/mysqli.so'],
  ['php8.2-curl', '/usr/lib/php/20220829/curl.so'],
  ['php8.2-redis', '/usr/lib/php/20220829/redis.so'],
  ['php8.2-igbinary', '/usr/lib/php/20220829/igbinary.so'],
  ['wordpress', '/usr/share/wordpress/wp-load.php'],
  ['wordpress-theme-twentytwentythree', '/usr/share/wordpress/wp-content/themes/twentytwentythree'],
  ['knot', '/usr/sbin/knotd'],
  ['prometheus', '/usr/bin/promtool'],
  ['prometheus-alertmanager', '/usr/bin/prometheus-alertmanager'],
  ['prometheus-mysqld-exporter', '/usr/bin/prometheus-mysqld-exporter'],
  ['prometheus-redis-exporter', '/usr/bin/prometheus-redis-exporter'],
  ['prometheus-blackbox-exporter', '/usr/bin/prometheus-blackbox-exporter'],
  ['openssl', '/usr/bin/openssl'],
  ['iproute2', '/usr/sbin/ip'],
  ['chromium', '/usr/bin/chromium'],
  ['faketime', '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'],
] as const;

/** What test:platform needs as well. */
const NEEDED_BY_PLATFORM = [
  ['python3-venv', '/usr/lib/python3.11/ensurepip'],
  ['shellcheck', '/usr/bin/shellcheck'],
  ['yamllint', '/usr/bin/yamllint'],
  ['debootstrap', '/usr/sbin/debootstrap'],
  ['age', '/usr/bin/age'],
  ['rclone', '/usr/bin/rclone'],
] as const;

const POLICY = '/usr/sbin/policy-rc.d';

/** Makes sure that everything is installed; throws an Error with the command to run if it cannot. */
export function ensurePackages(isPlatform = false): void {
  const needed = isPlatform ? [...NEEDED, ...NEEDED_BY_PLATFORM] : NEEDED;
  const missing = needed.filter(([, file]) => !existsSync(file)).map(([name]) => name);
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  const os = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (process.getuid?.() !== 0 || !/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(os))
    throw new Error(`packages are missing; on Debian 12 run: sudo ${command}`);
  console.log(`installing from Debian: ${missing.join(' ')}`);
  const own = !existsSync(POLICY);
  if (own) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    for (const line of ['apt-get update -qq', `${command} -qq`]) {
      const { status, stderr, stdout } = spawnSync('sh', ['-c', line], {
        encoding: 'utf8',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
      if (status !== 0) throw new Error(`"${line}" failed:\n${stdout.slice(-1000)}${stderr.slice(-1000)}`);
    }
  } finally {
    if (own) rmSync(POLICY, { force: true });
  }
}

if (import.meta.main) {
  try {
    ensurePackages();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
