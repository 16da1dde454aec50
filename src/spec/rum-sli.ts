// SLI `rum`: what real users felt. Prometheus counts it, from histograms whose boundaries are the thresholds. Schema only.
import { z } from 'zod';
import { name } from './scalars.ts';
import { DEVICES, VITAL_NAMES } from './vitals.ts';

/** Fewer events than this in a day give no verdict. */
export const RUM_MINIMUM = 100;

export const rumSchema = z
  .strictObject({
    kind: z.literal('rum').describe('Kind of SLI.'),
    site: name.describe('Key of the site.'),
    of: z.enum([...VITAL_NAMES, 'errors']).describe('What is judged of a page view; `errors`: that no script failed.'),
    grade: z
      .enum(['good', 'not-poor'])
      .default('good')
      .describe('Good events are those that are good, or those that are not poor.'),
    pages: z.array(name).min(1).optional().describe('Groups of pages that count; without it all.'),
    device: z.enum(DEVICES).optional().describe('Devices that count; without it both.'),
    minimum: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(RUM_MINIMUM)
      .describe('Fewer events than this in a day give no verdict.'),
  })
  .describe('Events are page views of real users. It makes tickets, never pages.');
