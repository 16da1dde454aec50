// A beacon in the wire format of the Faro SDK, as far as it is read: sizes are bounded, what is not known is left out.
import { z } from 'zod';

const MOST_ITEMS = 50;
const MOST_KEYS = 16;

const text = z.string().max(1_024);
const few = <T extends z.ZodType>(value: T) =>
  z
    .record(z.string().max(64), value)
    .refine((all) => Object.keys(all).length <= MOST_KEYS, `more than ${MOST_KEYS} keys`);
const list = <T extends z.ZodType>(item: T) => z.array(item).max(MOST_ITEMS).default([]);

const measurement = z.object({
  type: z.string().max(64),
  values: few(z.number()),
  timestamp: z.string().max(40).optional(),
  context: few(text).optional(),
  trace: z.object({ trace_id: z.string().max(32), span_id: z.string().max(16).optional() }).optional(),
});
const frame = z.object({
  filename: z.string().max(2_048).default(''),
  function: text.default(''),
  lineno: z.number().optional(),
  colno: z.number().optional(),
});
const exception = z.object({
  type: text.default(''),
  // Cut later; browsers put whole documents in here.
  value: z.string().max(16_384).default(''),
  timestamp: z.string().max(40).optional(),
  stacktrace: z.object({ frames: list(frame) }).optional(),
});

export const beaconSchema = z.object({
  meta: z.object({
    sdk: z.object({ name: text.optional(), version: text.optional() }).optional(),
    page: z
      .object({ id: text.optional(), url: z.string().max(4_096).optional(), attributes: few(text).optional() })
      .optional(),
    browser: z.object({ mobile: z.boolean().optional() }).optional(),
    k6: z.object({ isK6Browser: z.boolean().optional() }).optional(),
  }),
  measurements: list(measurement),
  exceptions: list(exception),
  // Counted as dropped: nothing reads them.
  events: list(z.unknown()),
  logs: list(z.unknown()),
});
export type Beacon = z.output<typeof beaconSchema>;
export type Measurement = Beacon['measurements'][number];
export type Exception = Beacon['exceptions'][number];
