// The table at the end of npm run test:platform: each check with its tests and its time, and how to run it alone.
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

export class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.map((module) => {
      const tests = [...module.children.allTests()];
      const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
      const [failed, skipped] = [count('failed') + (module.errors().length > 0 ? 1 : 0), count('skipped')];
      return {
        file: relative(process.cwd(), module.moduleId),
        said: failed > 0 ? `${failed} failed` : skipped > 0 ? `${skipped} not run` : 'passed',
        tests: tests.length,
        seconds: Math.round(module.diagnostic().duration / 1000),
      };
    });
    const width = Math.max(...rows.map(({ file }) => file.length), 10);
    const lines = rows
      .sort((a, b) => (a.file < b.file ? -1 : 1))
      .map(
        ({ file, said, tests, seconds }) =>
          `${file.padEnd(width)}  ${String(tests).padStart(5)}  ${String(seconds).padStart(4)} s  ${said}`,
      );
    console.log(
      [
        '',
        `${'CHECK'.padEnd(width)}  TESTS    TIME  RESULT`,
        ...lines,
        'One alone: npm run test:platform -- FILE; PRINT=1 prints figures.',
      ].join('\n'),
    );
  }
}
