// Names of the SLO rules: what they record, how their alerts are called. Routing, boards and runbooks take them from here.

/** Recorded from slo_events_total, per cluster, slo and location: counters that never fall unless the store was lost. */
export const TOTALS = {
  bad: 'slo:bad_events:total',
  /** good + bad */
  valid: 'slo:valid_events:total',
  /** Steps that are known: good, bad or excluded. */
  known: 'slo:known_steps:total',
} as const;
/** When an SLO was created that is younger than the longest window; nothing for all others. */
export const YOUNG = 'slo:young_created:timestamp';
/** There for an SLO of which too little is known in the last `window`, with a value of no meaning; nothing for all others. */
export const UNCOVERED = 'slo:uncovered:info';
/** There for an SLO that its exporter no longer serves, with a value of no meaning; nothing for all others. */
export const REMOVED = 'slo:removed:info';
/** 1, with the version of the SLO rules. */
export const RULES_INFO = 'slo:rules:info';

export const ALERT = {
  burn: 'SLOErrorBudgetBurn',
  exhausted: 'SLOBudgetExhausted',
  lost: 'SLOMeasurementLost',
  watchdog: 'Watchdog',
  maintenance: 'MaintenanceActive',
  failing: 'SLORulesFailing',
  late: 'SLORulesLate',
  outdated: 'SLORulesOutdated',
} as const;

/** What identifies an SLO, and what people want to know of it. */
export const KEY = 'cluster, slo';
export const INFO_LABELS = 'cluster, slo, service, team, target';
