// The parts of Alertmanager's configuration that are generated, in its own words. Types only.
// https://prometheus.io/docs/alerting/latest/configuration/

export interface AmRoute {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly active_time_intervals?: readonly string[];
  readonly mute_time_intervals?: readonly string[];
  /** Look at the next sibling too. */
  readonly continue?: true;
  readonly routes?: readonly AmRoute[];
}

export interface InhibitRule {
  /** Shown in metrics; since 0.30. */
  readonly name?: string;
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

export interface TimeInterval {
  readonly name: string;
  readonly time_intervals: readonly object[];
}

/** One way of delivery, e.g. an entry of slack_configs. */
export type Integration = Readonly<Record<string, unknown>> & { readonly send_resolved: boolean };

export interface AmReceiver {
  readonly name: string;
  readonly email_configs?: readonly Integration[];
  readonly slack_configs?: readonly Integration[];
  readonly pagerduty_configs?: readonly Integration[];
  readonly webhook_configs?: readonly Integration[];
}

export interface AlertmanagerConfig {
  readonly global?: Readonly<Record<string, string | boolean>>;
  readonly templates: readonly string[];
  readonly route: AmRoute;
  readonly inhibit_rules: readonly InhibitRule[];
  readonly time_intervals?: readonly TimeInterval[];
  readonly receivers: readonly AmReceiver[];
}
