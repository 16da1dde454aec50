// Business hours as time intervals of Alertmanager. Pure.
import { type Hours, WEEKDAYS } from '../../src/spec/notify.ts';
import type { TimeInterval } from './config.ts';

/** One interval per business hours of the spec; `location` makes Alertmanager follow daylight saving. */
export const timeIntervals = (hours: readonly Hours[]): TimeInterval[] =>
  hours.map(({ name, timeZone, days, from, to }) => ({
    name,
    time_intervals: [
      {
        weekdays: WEEKDAYS.filter((day) => days.includes(day)),
        times: [{ start_time: from, end_time: to }],
        location: timeZone,
      },
    ],
  }));
