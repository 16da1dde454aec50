// plimsoll serve: the exporter as a process. Signals and exit codes live here; reload is in reload.ts, the wiring in exporter.ts.
import { flushCompileCache } from 'node:module';
import type { Command } from 'commander';
import pino, { type Logger } from 'pino';
import { latestBelieved } from '../engine/clock.ts';
import { buildExporter, type Exporter } from '../exporter.ts';
import { loadSpec } from '../files/load-spec.ts';
import { containDrivers } from '../probe/driver-faults.ts';
import { idsOnly } from '../probe/trace-port.ts';
import type { Spec } from '../spec/spec.ts';
import { openStore } from '../store/store.ts';
import { discoverAndKeep } from './discover.ts';
import { CommandError, EXIT } from './exit.ts';
import { KnownSecrets } from './known-secrets.ts';
import { oneOf, repeated } from './options.ts';
import { accessOf, reloading, valid, warnOf } from './reload.ts';
import { VERSION } from './version.ts';

interface ServeOptions {
  readonly config: string[];
  readonly listen: string;
  readonly data: string;
  readonly site?: string;
  readonly ca?: string;
  readonly address?: string;
  readonly logLevel: string;
}

export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('probe the targets, keep the history, serve /metrics, /probe and the API')
    .option('--config <file>', 'spec; repeat for several files (default: plimsoll.yaml)', repeated)
    .option('--listen <host:port>', 'where to listen', '127.0.0.1:9876')
    .option('--data <dir>', 'directory of the store', 'data')
    .option('--site <url>', 'no spec: find out what is there, serve default SLOs, and write them to DATA/site.yaml')
    .option('--ca <file>', 'with --site: PEM file of a private certificate authority')
    .option('--address <ip>', 'with --site: connect to this address instead of what DNS says')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action((options: Partial<ServeOptions> & Omit<ServeOptions, 'config'>) => {
      refuseMixed(options);
      return serve({ config: ['plimsoll.yaml'], ...options });
    });
}

/** An option that would be ignored is a mistake. */
function refuseMixed({ site, config, ca, address }: Partial<ServeOptions>): void {
  if (site !== undefined && config !== undefined)
    throw new CommandError(EXIT.usage, '--site needs no spec: leave out --config, or --site');
  const only = site === undefined ? [ca && '--ca', address && '--address'].filter((option) => option) : [];
  if (only.length > 0)
    throw new CommandError(EXIT.usage, `${only.join(' and ')}: only with --site; in a spec, targets have these keys`);
}

async function serve(options: ServeOptions): Promise<void> {
  const listen = parseListen(options.listen);
  const secrets = new KnownSecrets();
  const log = logger(options.logLevel, secrets);
  const loaded = options.site === undefined ? loadSpec(options.config) : undefined;
  const spec =
    loaded === undefined
      ? await discoverAndKeep(options.site!, options, options.data, log)
      : first(() => valid(loaded));
  const reloads = loaded && reloading(loaded, options.config, secrets, log);
  if (reloads === undefined) process.on('SIGHUP', () => log.warn('SIGHUP ignored: --site has no spec'));
  const tracing =
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? undefined
      : (await import('../trace/otel.ts')).startTracing(VERSION, spec.exporter.location);
  const exporter = await build(spec, {
    version: VERSION,
    log,
    tracer: tracing?.tracer ?? idsOnly,
    onView: tracing?.view,
    openStore: () => openStore(options.data, latestBelieved(Date.now())),
    access: accessOf(spec, loaded?.secrets ?? [], secrets),
    files: options.site === undefined ? options.config : [],
  });
  try {
    await exporter.app.listen(listen);
  } catch (error) {
    await exporter.stop();
    throw new CommandError(
      EXIT.unreachable,
      `cannot listen on ${options.listen}: ${(error as Error).message}; choose another with --listen HOST:PORT`,
    );
  }
  exporter.start();
  log.info(
    {
      targets: spec.targets.length,
      slos: spec.slos.length,
      listen: options.listen,
      data: options.data,
      traces: tracing !== undefined,
    },
    'serving',
  );
  // Now, as kill -9 leaves no time for it: a start without compiled code takes a quarter more.
  flushCompileCache();
  if (loaded !== undefined) warnOf(loaded, log);
  reloads?.into(exporter);
  containDrivers((error) => log.error({ err: error }, 'a database driver failed outside of its run; it was contained'));
  process.on('SIGUSR1', () => log.warn('SIGUSR1 ignored: no inspector in production'));
  await stopSignal();
  log.info('stopping: no new runs, finishing those that go on');
  await exporter.stop();
  await tracing?.stop();
  log.info('stopped');
  process.exit(EXIT.fine);
}

async function build(...args: Parameters<typeof buildExporter>): Promise<Exporter> {
  try {
    return await buildExporter(...args);
  } catch (error) {
    if ((error as Error).name === 'StoreRefused') throw new CommandError(EXIT.invalid, (error as Error).message);
    throw error;
  }
}

/** The spec of the start; unlike a reload, nothing runs on without it. */
function first(load: () => Spec): Spec {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.exitCode, `${error.message}\nplimsoll: the spec is invalid; nothing was started`);
  }
}

const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });

function logger(level: string, secrets: KnownSecrets): Logger {
  oneOf('--log-level', level, ['debug', 'info', 'warn', 'error']);
  const write = (line: string) => {
    const { level: of, time, msg, ...facts } = JSON.parse(line) as Record<string, unknown>;
    const shown = { level: of, time, ...(secrets.redact(facts) as object), msg };
    process.stdout.write(`${JSON.stringify(shown)}\n`);
  };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^(.*):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw new CommandError(EXIT.usage, `--listen ${text}: write HOST:PORT, for example 127.0.0.1:9876`);
  return { host: match[1]!.replace(/^\[(.*)\]$/, '$1') || '0.0.0.0', port };
}
