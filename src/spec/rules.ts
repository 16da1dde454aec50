// The catalogue of rules that a spec is checked against. `plimsoll explain` prints it.

type Rule = readonly [severity: 'error' | 'warning', summary: string, explanation: string];

/** An error keeps the exporter from starting (exit 3); a warning is a finding (exit 1). */
export const RULES = {
  'file-unreadable': ['error', 'a spec file cannot be read', 'The file does not exist, is larger than 1 MiB, or may not be read by this user. Check the path and the permissions.'],
  'yaml-syntax': ['error', 'the file is not valid YAML', 'The parser could not read the file at this place. Common causes: tabs for indentation, a missing colon, a second document ("---"). One document per file.'],
  schema: ['error', 'a value has the wrong form', 'The value at this place is missing, has the wrong type, or is out of range. `plimsoll schema` prints the JSON Schema for your editor.'],
  'unknown-key': ['error', 'a key is not known', 'A misspelled key would be ignored in silence, so unknown keys are refused.'],
  'duplicate-name': ['error', 'a name is used twice', 'Targets, and SLOs, need a name of their own over all files: it is the label of their series and the key of their history. The section `exporter` may stand in one file only.'],
  'secret-missing': ['error', 'a secret cannot be found', `\${env:NAME} needs the variable to be set, \${file:path} the file to be readable. The path is relative to the spec file.`],
  'unknown-target': ['error', 'a target is not in the spec', 'The SLI, dependency or maintenance names a target that no file defines.'],
  'unknown-service': ['error', 'a service is not in the spec', 'The maintenance names a service that no SLO has, so it would exclude nothing.'],
  'unknown-step': ['error', 'the target has no such step', 'An SLI can use the steps that its target runs. Steps that are not on by default are switched on with `steps:` of the target.'],
  'sli-mismatch': ['error', 'the SLI does not fit the target', 'freshness of replica needs mariadb or redis with replicas and step replica; of cron wordpress with step cron; of certificate tls, or https; of cache cdn. hits needs cdn with step hit. Exactly one of below and above; above is for certificates.'],
  'objective-range': ['error', 'the objective leaves no error budget', 'An objective of 100% means that every single failed probe breaks the promise, and burn rates divide by zero. It must be above 0% and below 100%.'],
  'time-zone': ['error', 'the time zone is not known', 'Calendar windows need an IANA name such as Europe/Berlin or UTC.'],
  'timeout-interval': ['error', 'the timeout is not below the interval', 'One run per target at a time: a run that may last longer than its interval would make the next one miss its slot.'],
  'inline-secret': ['warning', 'a password stands in the spec', `Specs live in Git. Put the secret into a file or variable: \${file:/run/secrets/db} or \${env:DB_PASSWORD}.`],
  'tier-unreachable': ['warning', 'an alert tier can never fire', 'The highest possible burn rate is 1 / (1 - objective). A tier whose factor k is not below it never fires: k x (1 - objective) >= 1. Choose a higher objective or a policy of your own.'],
  'interval-too-long': ['warning', 'too few events for this objective', 'A tier fires on events in its long window, and needs at least 3 bad ones and a statistically safe ratio. With few events per window it never fires. Shorten the interval.'],
  'short-window': ['warning', 'a short window holds under four events', 'One missed or late probe decides such a window. Let the short window hold at least four intervals.'],
  'window-beyond-retention': ['warning', 'the window is longer than the history', 'Events older than exporter.retention are dropped, so the window would look back at nothing.'],
  'no-policy': ['warning', 'no alert policy for this period', 'Tiers are built in for 7 days and for 28 to 31 days. Another period needs an entry under `policies:` with its own tiers.'],
  'duplicate-slo': ['warning', 'two SLOs promise the same', 'The same SLI, objective and window under two names costs series and pages twice.'],
  'too-many-series': ['warning', 'more series than the limit', 'The SLOs alone would expose more than exporter.maxSeries series. Switch off exporter.windowGauges, or raise the limit together with that of Prometheus or Mimir.'],
  'maintenance-cap': ['warning', 'a maintenance window exceeds the cap', 'At most exporter.maxExcluded of a period can be excluded. A window that goes beyond is not applied: its events count.'],
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;
