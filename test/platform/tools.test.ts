// The builder of tools: finds what is there, and fails loudly. A shell script stands for Go; the real builds are what all other
// tests of this folder run.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { privateFolder } from '../services/process.ts';

const folder = privateFolder('tools');
afterAll(() => folder.remove());

/** Runs the builder with a script as `go`, or with none, and an own cache. */
function tools(name: string, go: string | undefined, ...args: string[]): Promise<{ code: number; out: string }> {
  const bin = join(folder.path, name, 'bin');
  mkdirSync(bin, { recursive: true });
  if (go !== undefined) writeFileSync(join(bin, 'go'), `#!/bin/sh\n${go}\n`, { mode: 0o755 });
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: folder.path, PLIMSOLL_TOOLS: join(folder.path, name, 'cache') };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'tools.ts'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
    );
  });
}
const VERSION = '[ "$1" = env ] && echo go1.26.8 && exit';
/** Writes a program that ends with the given code where -o says. */
const builds = (code: number) =>
  `${VERSION}\nwhile [ "$1" != -o ]; do shift; done\nprintf '#!/bin/sh\\nexit ${code}\\n' > "$2"; chmod +x "$2"`;

it('builds what is missing, says how long it took, and then only looks', async () => {
  const first = await tools('good', builds(0), 'sloth', 'amtool');
  expect(first).toEqual({ code: 0, out: expect.stringMatching(/built amtool in \d+ s: .*\nbuilding sloth/s) });
  const again = await tools('good', 'exit 9', 'sloth', 'amtool');
  expect(again).toEqual({ code: 0, out: expect.stringMatching(/^amtool, sloth: all there, in \S+\n$/) });
});

it.each([
  ['none', undefined, 'Go is missing, and sloth must be built with Go 1.26 or newer: https://go.dev/dl/'],
  ['old', 'echo go1.19.8', 'Go 1.19 is too old, and sloth must be built with Go 1.26 or newer'],
  ['broken', `${VERSION}\necho no space left >&2\nexit 1`, 'cannot build sloth: no space left'],
  ['useless', builds(3), 'does not run'],
])('ends with 1 when Go is %s', async (name, go, message) => {
  expect(await tools(name, go, 'sloth')).toEqual({ code: 1, out: expect.stringContaining(message) });
});

it('leaves nothing of a build that failed', async () => {
  await tools('half', `${builds(0)}\nexit 1`, 'sloth');
  const cache = join(folder.path, 'half', 'cache');
  expect(
    existsSync(cache) ? readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((f) => f.includes('/')) : [],
  ).toEqual([]);
});

it('knows only its tools', async () => {
  expect(await tools('name', undefined, 'kustomize')).toEqual({
    code: 1,
    out: expect.stringContaining('there is no tool kustomize'),
  });
});
