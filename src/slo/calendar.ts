// Calendar periods in an IANA time zone, correct over daylight saving. Pure: `now` is a parameter.

export type CalendarUnit = 'week' | 'month' | 'quarter';
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

/** The calendar period around `nowMs`: weeks start on Monday (ISO 8601). Throws RangeError on an unknown time zone. */
export function periodAt(nowMs: number, unit: CalendarUnit, timeZone: string): Period {
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate();
  const first =
    unit === 'week'
      ? today.subtract({ days: today.dayOfWeek - 1 })
      : today.with({ day: 1, month: unit === 'quarter' ? today.month - ((today.month - 1) % 3) : today.month });
  const next = first.add(unit === 'week' ? { days: 7 } : { months: unit === 'quarter' ? 3 : 1 });
  const startOfDay = (date: Temporal.PlainDate) => date.toZonedDateTime({ timeZone }).epochMilliseconds;
  return { startMs: startOfDay(first), endMs: startOfDay(next) };
}

/** The longest a period of this unit can be, ms (a day for daylight saving included). */
export function longestPeriodMs(unit: CalendarUnit): number {
  return { week: 8, month: 32, quarter: 93 }[unit] * 86_400_000;
}

/** The length used for burn-rate factors, ms: a month counts as 30 days, a quarter as 90. */
export function nominalPeriodMs(unit: CalendarUnit): number {
  return { week: 7, month: 30, quarter: 90 }[unit] * 86_400_000;
}
