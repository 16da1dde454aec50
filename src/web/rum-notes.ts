// What must be known before numbers of real users are believed: none came, none lately, few, only of those who agreed. Pure.
import type { SiteNumbers } from '../spec/real-users.ts';
import { formatDuration } from '../spec/scalars.ts';
import { type Html, html } from './markup.ts';
import { ago, count, percent, span } from './words.ts';

const note = (kind: string, text: string): Html => html`<p class="note ${kind}">${text}</p>`;

/** Worst first. */
export function quietNotes(numbers: SiteNumbers, nowMs: number): Html[] {
  const { lastBeaconMs, present, quietMs, mode, sample, all, enough, beacons, pending, settleMs } = numbers;
  const notes: Html[] = [];
  if (lastBeaconMs === null) {
    const refused = Object.entries(beacons).filter(([result, n]) => result !== 'accepted' && n > 0);
    const why =
      refused.length === 0
        ? 'Look at the loader in a page, the route /_rum at the edge, and blockers.'
        : `What came was left out: ${refused.map(([result, n]) => `${result} ${n}`).join(', ')}.`;
    notes.push(note('blind', `No beacons yet: nothing is known of real users, and that is not good. ${why}`));
  } else if (!present)
    notes.push(
      note(
        'blind',
        `Quiet: the newest beacon came ${ago(nowMs - lastBeaconMs)}. After ${span(quietMs)} without one its SLOs are unmeasured, not good.`,
      ),
    );
  if (lastBeaconMs !== null && all.views < enough)
    notes.push(
      note('few', `Too few views: ${all.views} of the ${enough} that give a verdict. The numbers are anecdotes.`),
    );
  // Of many views some always wait.
  if (pending > 0 && all.views < enough)
    notes.push(
      note(
        'new',
        `${pending === 1 ? '1 value waits' : `${count(pending)} values wait`} up to ${formatDuration(settleMs)} (sites[].settle) for a later one of the same view.`,
      ),
    );
  if (mode === 'consent')
    notes.push(note('gaps', 'Not consented, not measured: only visitors who agreed are in the numbers.'));
  if (sample < 1)
    notes.push(note('gaps', `A sample: ${percent(sample, 1)} of views are measured, and nothing is scaled up.`));
  return notes;
}
