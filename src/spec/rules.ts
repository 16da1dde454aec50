// The catalogue of rules: what `check` can find, how bad it is, and the page that `explain` shows. Pure data.

export interface Rule {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly explanation: string;
}

const error = (summary: string, explanation = ''): Rule => ({ severity: 'error', summary, explanation });
const warning = (summary: string, explanation = ''): Rule => ({ severity: 'warning', summary, explanation });

export const RULES = {
  'file-missing': error('a spec file cannot be read'),
  'yaml-syntax': error('the file is not valid YAML'),
  'yaml-limit': error('the file is larger or deeper than a spec may be'),
  'yaml-tag': error('YAML tags and directives are not allowed'),
  'secret-missing': error('a secret that the spec refers to is not there'),
  'unknown-key': error('a key that the spec does not know'),
  'missing-key': error('a required key is missing'),
  'wrong-type': error('a value of the wrong type'),
  'invalid-value': error('a value that is not allowed here'),
  'unknown-kind': error('an unknown kind of target or SLI'),
  'duplicate-name': error('a name is used twice'),
  'duplicate-exporter': error('the section exporter stands in more than one file'),
  'unknown-target': error('a reference to a target that does not exist'),
  'unknown-step': error('a step that the target does not run'),
  'unknown-service': error('maintenance for a service that no SLO has'),
  'freshness-source': error('the target cannot measure this freshness'),
  'freshness-limit': error('freshness needs exactly one limit of the right kind'),
  'hits-source': error('cache hits need a cdn target with the step hit'),
  'objective-100': error('an objective of 100 % leaves no error budget'),
  'objective-0': error('an objective of 0 % promises nothing'),
  'time-zone': error('an unknown time zone'),
  'timeout-interval': error('the timeout is not below the interval'),
  'step-needs': warning('a step lacks the setting that it needs'),
  'inline-secret': warning('a secret stands in the file in plain text'),
  'tier-never-fires': warning('an alert tier that can never fire'),
  'interval-too-long': warning('the probe interval is too long for the objective'),
  'short-window': warning('the short window of a tier holds fewer than four probes'),
  'window-retention': warning('the window is longer than the history that is kept'),
  'period-policy': warning('the period has no alert policy'),
  'duplicate-slo': warning('two SLOs promise exactly the same'),
  'too-many-series': warning('more series than the limit of the exporter'),
  'maintenance-too-long': warning('maintenance excludes more of the period than allowed'),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;
export const RULE_IDS = Object.keys(RULES) as readonly RuleId[];
