// The command line. One file per command in cli/, loaded only for its command; exit codes in cli/exit.ts. Nothing else happens here.
import { Command, CommanderError } from 'commander';
import { CommandError, EXIT } from './cli/exit.ts';
import { OLDEST_NODE, VERSION } from './cli/version.ts';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE) {
  console.error(
    `plimsoll needs Node ${OLDEST_NODE} or newer, this is ${process.version}; run npm ci, then npm start or npx plimsoll, which bring their own`,
  );
  process.exit(EXIT.usage);
}

/** A command that is named is loaded alone: what generates and previews would be a sixth of a start of serve. */
const commands: Record<string, () => Promise<(program: Command) => void>> = {
  serve: async () => (await import('./cli/serve.ts')).registerServe,
  init: async () => (await import('./cli/init.ts')).registerInit,
  check: async () => (await import('./cli/check.ts')).registerCheck,
  explain: async () => (await import('./cli/explain.ts')).registerExplain,
  generate: async () => (await import('./cli/generate.ts')).registerGenerate,
  schema: async () => (await import('./cli/schema.ts')).registerSchema,
  probe: async () => (await import('./cli/probe.ts')).registerProbe,
  status: async () => (await import('./cli/status.ts')).registerStatus,
  event: async () => (await import('./cli/event.ts')).registerEvent,
  backup: async () => (await import('./cli/backup.ts')).registerBackup,
  export: async () => (await import('./cli/export.ts')).registerExport,
  simulate: async () => (await import('./cli/simulate.ts')).registerSimulate,
  diff: async () => (await import('./cli/diff.ts')).registerDiff,
  push: async () => (await import('./cli/push.ts')).registerPush,
  preview: async () => (await import('./cli/preview.ts')).registerPreview,
};
const named = Object.hasOwn(commands, process.argv[2] ?? '') ? commands[process.argv[2]!] : undefined;

const program = new Command('plimsoll')
  .description('SLOs as code: probes, burn rates, error budgets')
  .version(VERSION)
  .exitOverride()
  .addHelpText(
    'after',
    `
First steps: plimsoll serve --site https://shop.example.org finds out what is there; README.md shows a spec.
Exit codes: 0 fine, 1 findings, 2 usage, 3 invalid (would not start), 4 cannot reach, 5 a bug of plimsoll.`,
  )
  .showHelpAfterError('plimsoll --help lists the commands, plimsoll COMMAND --help its options');
for (const register of await Promise.all(
  (named === undefined ? Object.values(commands) : [named]).map((load) => load()),
))
  register(program);

// Whoever reads our output may stop reading: plimsoll check | head
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.fine : EXIT.bug));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  else if (error instanceof CommandError) {
    console.error(error.message);
    process.exitCode = error.exitCode;
  } else {
    console.error('plimsoll: a bug; please report it with these lines');
    console.error(error);
    process.exitCode = EXIT.bug;
  }
}
