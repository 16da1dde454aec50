// plimsoll export status: the status page of a running exporter as files for another web server or a bucket. Uploads nothing.
import type { Command } from 'commander';
import { writeGenerated } from '../files/write-generated.ts';
import { statusCopy } from '../web/status-copy.ts';
import type { StatusData } from '../web/status-data.ts';
import { type ClientOptions, fetchStatusPage } from './client.ts';
import { CommandError, EXIT } from './exit.ts';
import { httpUrl, oneOf } from './options.ts';

interface ExportOptions extends ClientOptions {
  readonly out: string;
  readonly publicUrl?: string;
}

export function registerExport(program: Command): void {
  program
    .command('export <what>')
    .description('status: the status page of a running exporter as files that open while it is down')
    .requiredOption('--out <folder>', 'where the files go; all of them are written or none')
    .option('--url <url>', 'the exporter', 'http://127.0.0.1:9876')
    .option('--public-url <url>', 'where the copy will be, for its feed')
    .option('--ca <file>', 'PEM file of a private certificate authority')
    .action(async (what: string, options: ExportOptions) => {
      oneOf('what', what, ['status']);
      const { publicUrl } = options;
      if (publicUrl !== undefined) httpUrl('--public-url', publicUrl, 'https://status.example.org/');
      const files = copyOf(await fetchStatusPage(options), options);
      try {
        writeGenerated(options.out, files);
      } catch (error) {
        throw new CommandError(
          EXIT.unreachable,
          `cannot write to ${options.out}: ${(error as Error).message}; is the place writable, is the disk full?`,
        );
      }
      console.log(`${files.length} files in ${options.out}; to a bucket: rclone sync ${options.out} REMOTE:BUCKET`);
    });
}

function copyOf(data: unknown, { url, publicUrl }: ExportOptions) {
  try {
    return statusCopy(data as StatusData, publicUrl);
  } catch {
    throw new CommandError(
      EXIT.unreachable,
      `${url} answers, but its status page cannot be read; is the exporter of the same version?`,
    );
  }
}
