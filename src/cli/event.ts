// plimsoll event: tells a running exporter that something was changed, so that boards can show what came before a fault.
import type { Command } from 'commander';
import { CHANGE_KINDS } from '../spec/names.ts';
import { sendChange } from './client.ts';
import { oneOf } from './options.ts';

interface EventOptions {
  readonly service: string;
  readonly text?: string;
  readonly time?: string;
  readonly link?: string;
  readonly target?: string;
  readonly by?: string;
  readonly url: string;
  readonly tokenFile?: string;
  readonly ca?: string;
}

export function registerEvent(program: Command): void {
  program
    .command('event <kind>')
    .description('reports a change to a running exporter, e.g. a deploy from its pipeline')
    .requiredOption('--service <name>', 'service of the spec that changed, or plimsoll')
    .option('--text <text>', 'what people should read: a version, a name; one line of at most 500 characters')
    .option('--time <time>', 'when it happened, with zone, e.g. 2026-12-01T22:00:00Z (default: now)')
    .option('--link <url>', 'what tells more: pipeline, release, ticket')
    .option('--target <name>', 'the target of the spec that changed')
    .option('--by <who>', 'who did it')
    .option('--url <url>', 'the exporter', 'http://127.0.0.1:9876')
    .option('--token-file <file>', 'file with the token of exporter.eventsTokenFile')
    .option('--ca <file>', 'PEM file of a private certificate authority')
    .addHelpText('after', `\nKinds: ${CHANGE_KINDS.join(', ')}`)
    .action(event);
}

async function event(word: string, options: EventOptions): Promise<void> {
  const kind = oneOf('kind', word, CHANGE_KINDS);
  const { service, text, link, target, by } = options;
  const { time, isStored } = await sendChange(options, { kind, service, text, time: options.time, link, target, by });
  console.log(`${kind} of ${service} at ${time} is recorded`);
  if (!isStored)
    console.error('the store of the exporter cannot be written: the event is lost if it ends before it can');
}
