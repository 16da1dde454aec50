// Episodes of alerts, from the history that Prometheus or Mimir writes of them: how many, how long, since when.
import { IN_CLUSTER } from './ask.ts';

/** Alerts for people; Watchdog and maintenance have the severity none. */
export const PEOPLE = `severity=~"page|ticket", team=~"$team", ${IN_CLUSTER}`;
const FIRING = `ALERTS{alertstate="firing", ${PEOPLE}}`;

/** What is one alert to people: instances, locations and the windows of a burn rate are not told apart. */
export const ONE = 'cluster, alertname, slo, target, component, severity, team';
export const firing = (by: string): string => `max by (${by}) (${FIRING})`;
export const ofSeverity = (expr: string, severity: string): string =>
  expr.replaceAll(PEOPLE, PEOPLE.replace('page|ticket', severity));

/** Length of a look, s. Also what two episodes must be apart to be two. */
export const LOOK_SECONDS = 300;
const LOOK = `${LOOK_SECONDS / 60}m`;
/** 1 for each alert that fired in the last look, however briefly. */
const fired = (offset = ''): string => `max by (${ONE}) (present_over_time(${FIRING}[${LOOK}]${offset}))`;
/** 1 in the look in which an episode begins; what fired before the first look is not counted. */
const BEGINS = `(${fired()} unless ${fired(` offset ${LOOK}`)})`;
/** Night in UTC: Prometheus knows no other time. */
export const NIGHT = { from: 21, to: 5 };
const AT_NIGHT = `(${BEGINS} and on () (hour() >= ${NIGHT.from} or hour() < ${NIGHT.to}))`;

/**
 * Episodes that began in `window`, by `by`. A subquery with a step costs one look each 5 min per alert that fired;
 * changes(ALERTS_FOR_STATE[7d]) would read every sample, and count what was pending only and each restart.
 */
export const episodes = (by: string, window = '$__range'): string =>
  `sum by (${by}) (count_over_time(${BEGINS}[${window}:${LOOK}]))`;
export const nightEpisodes = (by: string, window = '$__range'): string =>
  `sum by (${by}) (count_over_time(${AT_NIGHT}[${window}:${LOOK}]))`;
/** Seconds that alerts fired, each begun look counted as a whole one. */
export const timeFiring = (by: string): string =>
  `${LOOK_SECONDS} * sum by (${by}) (count_over_time((${fired()})[$__range:${LOOK}]))`;

/** For how long alerts that fire now have been true, s; of those that were away for less than a look, since then. */
export const firingFor = (by: string): string =>
  `max by (${by}) ((time() - max by (${ONE}) (ALERTS_FOR_STATE{${PEOPLE}})) and on (${ONE}) ${firing(ONE)})`;
