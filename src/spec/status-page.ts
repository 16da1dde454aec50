// The section statusPage: what outsiders see, in their words. Pure; knows no counts.
import { z } from 'zod';
import type { Path, Problem } from './finding.ts';
import { didYouMean } from './nearest.ts';
import type { Part } from './part.ts';
import { name } from './scalars.ts';

const plain = z.string().min(1).max(200);

export const statusPageSchema = z.strictObject({
  title: plain.default('Status').describe('Heading of the page /status.'),
  components: z
    .array(
      z.strictObject({
        name: plain.describe('What outsiders call it: Website, Shop, Login.'),
        slos: z.array(name).min(1).describe('SLOs that say how it is. Their names are not shown.'),
      }),
    )
    .default([])
    .describe('What is shown on /status, open to all; without it there is no such page.'),
  messages: z
    .array(
      z.strictObject({
        at: z.iso
          .datetime({ offset: true, error: 'a time with its zone like 2026-12-01T22:00:00Z' })
          .transform((text) => Date.parse(text))
          .describe('When it was written, with time zone.'),
        title: plain.describe('One line.'),
        text: z.string().max(2_000).default('').describe('What outsiders should know.'),
      }),
    )
    .default([])
    .describe('What people say to outsiders, newest anywhere.'),
});
export type StatusPage = z.output<typeof statusPageSchema>;

/** SLOs that no file defines. `sloNames`: null if some could not be read. */
export function checkStatusPage(
  section: Part<StatusPage> | null,
  path: Path,
  sloNames: readonly string[] | null,
): Problem[] {
  if (section === null || sloNames === null) return [];
  return (section.components ?? []).flatMap((component, i) =>
    (component?.slos ?? []).flatMap((slo, j): Problem[] =>
      slo === null || sloNames.includes(slo)
        ? []
        : [
            {
              rule: 'unknown-slo',
              path: [...path, 'components', i, 'slos', j],
              message: `unknown SLO "${slo}"`,
              hint: didYouMean(slo, sloNames, 'SLOs') ?? 'the spec has no SLOs',
            },
          ],
    ),
  );
}
