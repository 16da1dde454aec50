// Rules as data, in the words of Prometheus. Text is made of them in rule-files.ts. Pure.

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  /** ms; the condition must hold this long. 0: fires at once. */
  readonly forMs: number;
  /** ms; fires this much longer than the condition holds. */
  readonly keepFiringForMs?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export type Rule = AlertingRule | RecordingRule;

/** Rules of a group are evaluated one after the other; a later one sees what an earlier one recorded. */
export interface RuleGroup {
  readonly name: string;
  readonly intervalMs: number;
  readonly rules: readonly Rule[];
}
