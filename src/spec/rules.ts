// The catalogue of rules: what `check` can find, how bad it is, and the page that `explain` shows. Pure data.
import { NOTIFY_ERRORS, NOTIFY_WARNINGS } from './notify-rules.ts';
import { PROMQL_ERRORS, PROMQL_WARNINGS } from './promql-rules.ts';
import { error, type Rule, warning } from './rule.ts';
import { RUM_ERRORS, RUM_WARNINGS } from './rum-rules.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: ${env:NAME} is the syntax of the spec
const CATALOGUE = {
  'file-unreadable': error(
    'a spec file cannot be read',
    'The file does not exist, may not be read, or a directory holds no *.yaml file. Nothing of it was checked.',
    'Check the path: --config names a file and can be repeated; without it plimsoll.yaml in the current directory is read.',
  ),
  'yaml-syntax': error(
    'the file is not valid YAML',
    'YAML could not be read at this place, a key stands twice in a mapping, or the file holds several documents.',
    'Indent with spaces, all keys of a mapping alike. Inside { } and [ ] quote values with braces: { password: "${env:DB_PASSWORD}" }. One document per file.',
  ),
  'yaml-limit': error(
    'the file is larger or deeper than a spec may be',
    'A spec file is at most 1 MiB, with at most 50 aliases and few levels. The limits stop files that expand to gigabytes when they are read.',
    'Split the file, for example one per team, and repeat --config.',
  ),
  'yaml-tag': error(
    'YAML tags and directives are not allowed',
    'Tags (!name) and %YAML lines change how values are read, and differ between YAML libraries.',
    'Remove the tag or directive: a spec is plain YAML 1.2.',
  ),
  'secret-missing': error(
    'a secret that the spec refers to is not there',
    '${env:NAME} or ${file:path} refers to a variable that is not set, or to a file that cannot be read, or it is empty. A probe without its password would only measure our own mistake, so nothing is started.',
    'Set the variable, or mount the file. Paths are relative to the directory of the spec file. Example: password: ${file:/run/secrets/db}',
  ),
  'named-file': error(
    'a certificate, key or token file that the spec names cannot be used',
    'ca of a target, certificate of a tls target, exporter.tokenFile, exporter.eventsTokenFile, exporter.tls.cert and exporter.tls.key name files. One of them is missing, may not be read, is not PEM, or key and certificate do not belong together. The exporter could not serve, or the probe would only measure our own mistake.',
    'Mount the file, or correct its path, which is relative to the directory of the spec file. Example: ca: /etc/ssl/private-ca.pem',
  ),
  'unknown-key': error(
    'a key that the spec does not know',
    'Unknown keys are errors, because a misspelt key would otherwise silently mean its default.',
    'Look at the hint, or at plimsoll schema. Example: intervall: 30s is interval: 30s',
  ),
  'missing-key': error(
    'a required key is missing',
    'The part of the spec that is underlined needs this key; it has no default.',
    'Add the key. Example of a target: { name: shop, kind: wordpress, url: https://shop.example.org/ }',
  ),
  'wrong-type': error(
    'a value of the wrong type',
    'A list, a mapping, a text or a number was expected.',
    'Lists are written [a, b] or with dashes. Example: dependsOn: [shop-db]',
  ),
  'invalid-value': error(
    'a value that is not allowed here',
    'The value has the right type, but not the right form or range: durations are a number and a unit, percentages have a percent sign, names are lower-case letters, digits and dashes.',
    'Examples: 400ms, 30s, 5m, 30d; 99.9% or 0.999; 2026-12-01T22:00:00Z',
  ),
  'unknown-kind': error(
    'an unknown kind of target, SLI or receiver',
    'Every target, SLI and receiver has a kind, which decides about its other keys.',
    'Use one of the kinds of the hint. Example: kind: wordpress',
  ),
  'duplicate-name': error(
    'a name is used twice',
    'Names of targets and SLOs are labels of series. Two with the same name would add up to one. Names are unique over all files; both places are reported. Names of receivers and business hours are unique too, as routes refer to them.',
    'Rename one of the two. Renaming an SLO starts its history anew.',
  ),
  'duplicate-section': error(
    'a section of settings stands in more than one file',
    'The settings in exporter, alerting and notify belong to the platform, not to a team, so each stands in one file.',
    'Keep one of them.',
  ),
  'unknown-target': error(
    'a reference to a target that does not exist',
    'An SLI, dependsOn or a maintenance window names a target that no file defines.',
    'Correct the name, or add the target. Example: sli: { kind: probe, target: shop }',
  ),
  'unknown-slo': error(
    'a component of the status page names an SLO that does not exist',
    'Outsiders would be told of a component that nothing measures.',
    'Correct the name, or add the SLO. Example: components: [{ name: Shop, slos: [shop-availability] }]',
  ),
  'unknown-step': error(
    'a step that the target does not run',
    'The SLI counts a step that the kind of target does not have, or that its list steps leaves out. It would never see an event.',
    'Name one of its steps, or add the step to the target. Example: steps: [front, rest]',
  ),
  'module-name': error(
    'a module has a name that is taken',
    '/probe?module= takes the kinds of targets, the built-in modules http_2xx and tcp_connect, and those of exporter.modules. A name that means two things would silently probe with the wrong settings.',
    'Choose another name. Example: modules: { shop-page: { kind: http, contains: Cart } }',
  ),
  'unknown-service': error(
    'maintenance or a route for a service that no SLO has',
    'The maintenance would exclude nothing, and the planned work would burn budget. The route would get nothing, and the alerts that are meant would go to the default receiver.',
    'Name a service that an SLO has.',
  ),
  ...NOTIFY_ERRORS,
  'freshness-source': error(
    'the target cannot measure this freshness',
    'replica needs a mariadb or redis target with replicas and the step replica; cron a wordpress target with the step cron; certificate a tls target or one with an https URL; cache a cdn target with the step age or hit.',
    'Use another target, or add what is missing. Example: sli: { kind: freshness, target: shop-db, of: replica, below: 30s }',
  ),
  'freshness-limit': error(
    'freshness needs exactly one limit of the right kind',
    'An age must be below a limit. A certificate has no age but time left, which must be above one.',
    'Examples: { of: replica, below: 30s }, { of: certificate, above: 14d }',
  ),
  'hits-source': error(
    'cache hits need a cdn target with the step hit',
    'Hits are counted on the second of two requests for the same URL, which only the step hit of a cdn target makes.',
    'Use a target of kind cdn that runs the step hit.',
  ),
  ...PROMQL_ERRORS,
  ...RUM_ERRORS,
  'objective-100': error(
    'an objective of 100 % leaves no error budget',
    'The error budget is 1 - objective. With none, every single failed probe breaks the promise, and burn rates divide by zero.',
    'Promise less. 99.9% over 30 days allows 43 minutes; 99.99% allows 4.3 minutes.',
  ),
  'objective-0': error(
    'an objective of 0 % promises nothing',
    'With an objective of 0 everything may fail, so no alert can ever fire.',
    'Write the share of good events that you promise. Example: objective: 99.9%',
  ),
  'time-zone': error(
    'an unknown time zone',
    'A calendar period begins at midnight in a place, and offsets such as +01:00 do not know daylight saving.',
    'Write an IANA name. Example: { calendar: month, timeZone: Europe/Berlin }',
  ),
  'tier-windows': error(
    'the windows of an alert tier do not fit each other or the period',
    'The long window shows that budget was spent, the short one that it is still being spent. So the long one is longer than the short one, and not longer than the period of the policy: beyond it no history is kept.',
    'Correct the windows. Example: { tier: page, severity: page, long: 1h, short: 5m, budget: 2% }',
  ),
  'tier-budget': error(
    'an alert tier with a budget of 0 %',
    "budget is the share of the period's error budget that is spent within the long window when the tier fires. With 0 the burn rate that fires is 0: three bad events of any number would wake someone.",
    'Write a share above 0. Example: budget: 2%',
  ),
  'duplicate-tier': error(
    'a tier name is used twice in a policy',
    'Alerts, and the list of tiers that fire, tell tiers apart by their names.',
    'Rename one of the two. Tiers of different policies can have the same name.',
  ),
  'duplicate-policy': error(
    'two policies are for the same period',
    'An SLO has the policy whose window is its period. Of two such policies one would be ignored without a word. Both places are reported.',
    'Keep one, or put the tiers of both into it.',
  ),
  'timeout-interval': error(
    'the timeout is not below the interval',
    'A run that is still going when the next one is due makes the next one be missed.',
    'Shorten the timeout or lengthen the interval. The default is the smaller of 10 s and 80 % of the interval.',
  ),
  'window-retention': error(
    'the window is longer than the history that is kept',
    'The budget of the whole period cannot be computed from history that has been deleted: after a restart it would be another one.',
    'Raise exporter.retention, or shorten the window. Example: retention: 400d',
  ),
  'step-needs': warning(
    'a step lacks the setting that it needs',
    'cron and objectcache need healthToken, replica needs replicas, origin and match need origin, authority needs authorities. Without it the step says nothing about the target.',
    'Add the setting, or leave the step out of steps. Example: healthToken: ${env:HEALTH_TOKEN}',
  ),
  ...NOTIFY_WARNINGS,
  ...PROMQL_WARNINGS,
  ...RUM_WARNINGS,
  'nothing-measured': warning(
    'the spec has no targets or no SLOs: nothing is measured',
    'Without targets nothing is probed, and without SLOs no budget is kept and nobody is alerted. An exporter that only answers /probe or serves probe_* may be meant so.',
    'Add targets and SLOs, as README.md shows. npm start -- --site URL makes a first spec.',
  ),
  'inline-secret': warning(
    'a secret stands in the file in plain text',
    'Spec files are kept in version control and shown in reviews. A password in them is known to everyone who can read the repository, for ever.',
    'Move it out and change it. Example: password: ${file:/run/secrets/db}',
  ),
  'tier-never-fires': warning(
    'an alert tier that can never fire',
    'A tier fires at burn rate k, that is at an error ratio of k x (1 - objective). A ratio cannot be above 1, so where the product is 1 or more not even a full outage fires. k is share x period / long window: 14.4 for 2 % of 30 days in one hour.',
    'Raise the objective, or write a policy with a longer window. Example: at k = 14.4 an objective of 93% can never page.',
  ),
  'interval-too-long': warning(
    'the probe interval is too long for the objective',
    'At least 3 bad events must be seen, and more than chance explains. Where those are a quarter of the budget of the whole period or more (or more than a window can hold), the alert comes too late for its objective.',
    'Shorten the interval of the target. Example: 99.9% over 30 days with 30 s allows 86 bad events, and 5 bad of 120 page.',
  ),
  'short-window': warning(
    'the short window of a tier holds fewer than four probes',
    'The short window makes an alert end soon after the trouble. With fewer than four events in it one probe decides.',
    'Probe at least every quarter of the short window: every 75 s for 5 minutes.',
  ),
  'period-policy': warning(
    'the period has no alert policy',
    'Shares of the budget are built in for 7 days, for 28 to 31 days, and for calendar weeks and months. For another period, a calendar quarter (90 days) too, there is no tier: nobody would be alerted.',
    'Use 30d, or write a policy. Example: policies: [{ window: 90d, tiers: [{ tier: page, severity: page, long: 1h, short: 5m, budget: 1% }] }]',
  ),
  'duplicate-slo': warning(
    'two SLOs promise exactly the same',
    'Same SLI, objective and window: every incident alerts twice, and every series is paid for twice.',
    'Remove one of them.',
  ),
  'too-many-series': warning(
    'more series than the limit of the exporter',
    'An SLO has up to 12 series, 16 more with the window gauges; a target has about 16 per step and phase. Mimir allows 150,000 series per tenant by default.',
    'Set exporter.windowGauges: false, split the exporter, or raise exporter.maxSeries.',
  ),
  'maintenance-too-long': warning(
    'maintenance excludes more of the period than allowed',
    'Excluded time is no uptime. At most exporter.maxExcluded (10 %) of a period can be excluded: where a window would exceed that, alone or with those before it, the whole window is not applied, and all its events count.',
    'Shorten the window, or raise exporter.maxExcluded. Example: at most 3 days of 30.',
  ),
} satisfies Record<string, Rule>;
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

export type RuleId = keyof typeof CATALOGUE;
export const RULES: Readonly<Record<RuleId, Rule>> = CATALOGUE;
export const RULE_IDS = Object.keys(CATALOGUE) as readonly RuleId[];
