import { it } from 'vitest';
import { reportChange, startLive, told } from './live.ts';

it('x', { timeout: 300000 }, async () => {
  const live = await startLive();
  try {
    await reportChange(live, 'deploy');
    await new Promise((r) => setTimeout(r, 60000));
    await live.addFixtures();
    for (const b of live.boards) {
      console.log(`## ${b.title}`);
      for (const p of await live.read(String(b.uid))) console.log(told(p));
    }
    await live.stack.database.stop();
    await new Promise((r) => setTimeout(r, 40000));
    for (const b of live.boards) {
      console.log(`## broken ${b.title}`);
      for (const p of await live.read(String(b.uid), true)) console.log(told(p));
    }
  } finally {
    await live.stop();
  }
});
