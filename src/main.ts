// The command line. One file per command in cli/; exit codes in cli/exit.ts. Nothing else happens here.
import { Command, CommanderError } from 'commander';
import { registerBackup } from './cli/backup.ts';
import { registerCheck } from './cli/check.ts';
import { registerDiff } from './cli/diff.ts';
import { registerEvent } from './cli/event.ts';
import { CommandError, EXIT } from './cli/exit.ts';
import { registerExplain } from './cli/explain.ts';
import { registerExport } from './cli/export.ts';
import { registerGenerate } from './cli/generate.ts';
import { registerInit } from './cli/init.ts';
import { registerPreview } from './cli/preview.ts';
import { registerProbe } from './cli/probe.ts';
import { registerPush } from './cli/push.ts';
import { registerSchema } from './cli/schema.ts';
import { registerServe } from './cli/serve.ts';
import { registerSimulate } from './cli/simulate.ts';
import { registerStatus } from './cli/status.ts';
import { OLDEST_NODE, VERSION } from './cli/version.ts';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE) {
  console.error(
    `plimsoll needs Node ${OLDEST_NODE} or newer, this is ${process.version}; run npm ci, then npm start or npx plimsoll, which bring their own`,
  );
  process.exit(EXIT.usage);
}

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
for (const register of [
  registerServe,
  registerInit,
  registerCheck,
  registerExplain,
  registerGenerate,
  registerSchema,
  registerProbe,
  registerStatus,
  registerEvent,
  registerBackup,
  registerExport,
  registerSimulate,
  registerDiff,
  registerPush,
  registerPreview,
])
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
