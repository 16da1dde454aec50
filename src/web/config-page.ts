// The page /config: which spec is in force, from which files, since when, and what it says. Shows named fields only, so that a
// setting that may hold a secret is not shown because nobody thought of it.
import { formatDuration } from '../spec/scalars.ts';
import { type Spec, targetOf } from '../spec/spec.ts';
import { page } from './layout.ts';
import { html } from './markup.ts';
import type { Page } from './send.ts';
import { cardRow, cards } from './slo-tables.ts';
import { frameOf, type Sources } from './sources.ts';
import { placeOf } from './target-page.ts';
import { objective, percent, span, time } from './words.ts';

const TARGETS = ['Target', 'Kind', 'Place', 'Every', 'Steps'];
const SLOS = ['SLO', 'Service', 'Team', 'Objective', 'Period', 'SLI'];

export function configPage(sources: Sources): Page {
  const { spec } = sources.engine;
  const { loadedMs, isValid } = sources.spec();
  const settings = settingsOf(spec);
  const { targets, slos } = listsOf(spec);
  return {
    json: { version: sources.version, files: sources.files, loadedMs, specValid: isValid, settings, targets, slos },
    html: () =>
      page(
        frameOf(sources, 'Configuration', '/config'),
        '/config.json',
        html`<h1>Configuration</h1>
<p>In force since ${time(loadedMs)}, ${isValid ? 'and the newest load succeeded.' : html`<b class="bad">✖ and the newest load failed: the log of the exporter says why, and so does <code>plimsoll check FILE</code>.</b>`}</p>
<p>Read from: ${sources.files.length === 0 ? 'no file; it was found out at the start.' : sources.files.map((file, i) => html`${i > 0 && ', '}<code>${file}</code>`)}</p>
<h2>Settings</h2><table><thead><tr><th scope="col">Setting</th><th scope="col">Value</th></tr></thead><tbody>${Object.entries(settings).map(([key, value]) => html`<tr><th scope="row"><code>${key}</code></th><td>${String(value)}</td></tr>`)}</tbody></table>
<h2>${spec.targets.length} targets</h2>${cards(
          TARGETS,
          targets.map((t) =>
            cardRow(TARGETS, [
              html`<a href="/target/${t.name}">${t.name}</a>`,
              t.kind,
              t.place,
              span2(t.intervalMs),
              t.steps.join(', '),
            ]),
          ),
          'Targets',
        )}
<h2>${spec.slos.length} SLOs</h2>${cards(
          SLOS,
          slos.map((s) =>
            cardRow(SLOS, [
              html`<a href="/slo/${s.name}">${s.name}</a>`,
              s.service,
              s.team,
              objective(s.objective),
              s.window,
              s.sli,
            ]),
          ),
          'SLOs',
        )}
<p class="small">Passwords, tokens, headers and bodies of targets are never shown.</p>`,
      ),
  };
}

/** What is shown of targets and SLOs. */
function listsOf(spec: Spec) {
  const targets = spec.targets.map((t) => ({
    name: t.name,
    kind: t.kind,
    place: placeOf(t),
    intervalMs: t.interval,
    steps: t.steps as readonly string[],
  }));
  const slos = spec.slos.map((s) => ({
    name: s.name,
    service: s.service,
    team: s.team,
    objective: s.objective,
    window: typeof s.window === 'number' ? formatDuration(s.window) : `${s.window.calendar} (${s.window.timeZone})`,
    sli: `${s.sli.kind}${targetOf(s.sli) === undefined ? '' : ` of ${targetOf(s.sli)}`}`,
    dependsOn: s.dependsOn,
  }));
  return { targets, slos };
}

const span2 = (ms: number): string => (ms < 60_000 ? `${ms / 1000} s` : span(ms));

function settingsOf({
  exporter,
  alerting,
  maintenance,
  policies,
  sites,
  statusPage,
}: Spec): Record<string, string | number | boolean> {
  return {
    'exporter.location': exporter.location,
    'exporter.concurrency': exporter.concurrency,
    'exporter.retention': formatDuration(exporter.retention),
    'exporter.maxExcluded': exporter.maxExcluded,
    'exporter.windowGauges': exporter.windowGauges,
    'exporter.tokenFile': exporter.tokenFile ?? 'none: open to all who can connect',
    'exporter.eventsTokenFile': exporter.eventsTokenFile ?? 'none: nobody can report changes',
    'exporter.tls': exporter.tls === undefined ? 'none: plain HTTP' : exporter.tls.cert,
    'exporter.controls': exporter.controls.join(', ') || 'none',
    'exporter.probeAllow': exporter.probeAllow.join(', ') || 'named targets only',
    'alerting.evaluate': alerting.evaluate,
    maintenance: `${maintenance.length} windows`,
    policies: policies.length === 0 ? 'built in' : policies.map((p) => formatDuration(p.window)).join(', '),
    sites:
      sites.length === 0
        ? 'none: real users are not measured'
        : sites.map(({ key, mode, sample }) => `${key} (${mode}, ${percent(sample, 1)} of views)`).join(', '),
    statusPage: statusPage.components.length === 0 ? 'none' : `${statusPage.components.length} components, open to all`,
  };
}
