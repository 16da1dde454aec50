// The section notify: who is told of alerts, how and when.
import { z } from 'zod';

export const notifySchema = z.strictObject({});
export type Notify = z.output<typeof notifySchema>;
