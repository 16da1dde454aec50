// The page /target/NAME: the last runs as waterfalls, phases, certificate, cache. Shows a URL without user, password and query.
import { didYouMean } from '../spec/nearest.ts';
import { type Outcome, verdictOf } from '../spec/outcome.ts';
import { isRunSlo } from '../spec/spec.ts';
import type { Target } from '../spec/target.ts';
import { page } from './layout.ts';
import { type Html, html } from './markup.ts';
import { missingPage } from './missing.ts';
import { isBad, type SeenRun, type SeenStep } from './runs.ts';
import type { Page } from './send.ts';
import { lookAt } from './slo-data.ts';
import { cardRow, cards } from './slo-tables.ts';
import { frameOf, type Sources } from './sources.ts';
import { ago, span, stateTag, time } from './words.ts';

export function targetPage(sources: Sources, name: string): Page {
  const { spec } = sources.engine;
  const target = spec.targets.find((t) => t.name === name);
  if (target === undefined)
    return missingPage(
      sources,
      'target',
      name,
      didYouMean(
        name,
        spec.targets.map((t) => t.name),
        'there are',
      ),
    );
  const { runs, lastBad } = sources.runs.of(name);
  const slos = spec.slos.filter((slo) => (isRunSlo(slo) && slo.sli.target === name) || slo.dependsOn.includes(name));
  const nowMs = sources.engine.evaluatedAt();
  const shown = (run: SeenRun) => ({ ...run, target: undefined });
  return {
    json: {
      name,
      kind: target.kind,
      place: placeOf(target),
      intervalMs: target.interval,
      timeoutMs: target.timeout,
      slos: slos.map((slo) => slo.name),
      runs: runs.map(shown),
      lastBad: lastBad === undefined ? null : shown(lastBad),
    },
    html: () =>
      page(
        frameOf(sources, name, `/target/${name}`),
        `/target/${name}.json`,
        html`<p><a href="/">SLOs</a> / targets</p><h1>${name} <small>${target.kind}</small></h1>
<p>${placeOf(target)}, every ${seconds(target.interval)}, at most ${seconds(target.timeout)}.</p>
${slos.length > 0 && html`<p>Counts for: ${slos.map((slo) => html`<a href="/slo/${slo.name}">${slo.name}</a> ${stateOf(sources, slo.name)} `)}</p>`}
${runs.length === 0 ? html`<p>No run is finished yet since this exporter was started.</p>` : latest(runs[0]!, nowMs)}
${lastBad !== undefined && lastBad !== runs[0] && html`<h2>Last bad run, ${ago(nowMs - lastBad.atMs)}</h2>${waterfall(lastBad)}`}
${runs.length > 1 && html`<h2>Runs before</h2>${runs.slice(1).map((run) => html`<details><summary>${time(run.atMs)} ${verdict(run)}, ${ms(run.durationMs)}</summary>${waterfall(run)}</details>`)}`}`,
      ),
  };
}

const seconds = (value: number): string => (value < 60_000 ? `${value / 1000} s` : span(value));
const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)}\u00a0ms`;

function stateOf({ engine }: Sources, slo: string): Html | undefined {
  const view = engine.view(slo);
  return view && stateTag(view.state);
}

/** Scheme, host, port and path. */
export function placeOf({ url }: Pick<Target, 'url'>): string {
  if (!URL.canParse(url)) return 'a URL that cannot be shown';
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}

function verdict(run: SeenRun): Html {
  if (isBad(run)) {
    const bad = run.steps.filter(({ outcome }) => verdictOf(outcome) === 'bad');
    return html`<b class="bad">✖ bad: ${bad.map(({ step, outcome }) => `${step} ${outcome}`).join(', ')}</b>`;
  }
  return run.steps.every(({ outcome }) => verdictOf(outcome) === 'good')
    ? html`<b class="good">✓ good</b>`
    : html`<b class="unknown">? a step could not tell</b>`;
}

const latest = (run: SeenRun, nowMs: number): Html =>
  html`<h2>Last run, ${ago(nowMs - run.atMs)}</h2><p>${verdict(run)}</p>${waterfall(run)}${facts(run)}`;

const PHASES = ['dns', 'connect', 'tls', 'first_byte', 'transfer'] as const;
const STEPS = ['Step', 'Time line', 'Took', 'Outcome', 'Phases'];
const SIGN = { good: '✓', bad: '✖', unmeasured: '?' } as const;

function waterfall(run: SeenRun): Html {
  const told = new Set<string>();
  const isNew = (name: string) => told.size < told.add(name).size;
  const rows = run.steps.map((step) =>
    cardRow(STEPS, [
      step.step,
      bar(step, run.durationMs),
      ms(step.durationMs),
      outcome(step, isNew(step.outcome)),
      PHASES.flatMap((phase) => (step.phases[phase] === undefined ? [] : [`${phase} ${ms(step.phases[phase])}`])).join(
        ', ',
      ) || '–',
    ]),
  );
  return html`${cards(STEPS, rows, 'Steps of a run')}<p class="small">${ms(run.durationMs)} in all, trace ${run.traceId}${run.distorted && html` <b>the exporter was too busy: its times are not the target's</b>`}. Within a bar, from left to right: ${PHASES.join(', ')}.</p>`;
}

/** `withHint`: what to look at is said once in a run. */
function outcome({ outcome, blame, detail }: SeenStep, withHint: boolean): Html {
  const kind = verdictOf(outcome as Outcome);
  return html`<b class="${kind}">${SIGN[kind]} ${outcome}</b>${kind !== 'good' && outcome !== 'skipped' && html` (${blame}) <small>${detail.slice(0, 400)}${withHint && lookAt(outcome) !== '' && html`<br>look at: ${lookAt(outcome)}`}</small>`}`;
}

/** Where in the run the step was, with its phases as pieces of growing darkness. */
function bar(step: SeenStep, runMs: number): Html {
  const scale = 200 / Math.max(1, runMs);
  const from = Math.min(198, step.startMs * scale);
  const width = Math.max(2, Math.min(200 - from, step.durationMs * scale));
  const known = PHASES.filter((phase) => (step.phases[phase] ?? 0) > 0);
  const sum = known.reduce((total, phase) => total + step.phases[phase]!, 0);
  let at = from;
  const pieces = known.map((phase) => {
    const w = (step.phases[phase]! / Math.max(sum, step.durationMs, 0.001)) * width;
    const piece = html`<rect class="phase ${phase}" x="${at.toFixed(1)}" width="${w.toFixed(1)}" height="12"><title>${phase} ${ms(step.phases[phase]!)}</title></rect>`;
    at += w;
    return piece;
  });
  return html`<svg class="waterfall" viewBox="0 0 200 12" width="200" height="12" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="rail" width="200" height="12"/><rect class="whole ${verdictOf(step.outcome)}" x="${from.toFixed(1)}" width="${width.toFixed(1)}" height="12"/>${pieces}</svg>`;
}

const FACTS: Readonly<Record<string, string>> = {
  certificate: 'Certificate served, until',
  tlsVersion: 'TLS',
  cacheStatus: 'Cache',
  cacheAgeSeconds: 'Age in the cache, s',
  httpStatus: 'HTTP status',
  httpVersion: 'HTTP version',
  address: 'Address',
  answers: 'DNS answers',
  server: 'Server that took the write',
  replicaLagSeconds: 'Replica lag, s',
  cronLagSeconds: 'WP-Cron lag, s',
  wordpressVersion: 'WordPress',
  bodyBytes: 'Bytes',
  redirects: 'Redirects',
};

/** What the run saw beside its outcomes: certificate, cache, versions. */
function facts(run: SeenRun): Html {
  const expires = run.steps
    .map(({ facts: f }) => (f as { certNotAfterSeconds?: number }).certNotAfterSeconds)
    .find((s) => s !== undefined);
  const rows = run.steps.flatMap(({ step, facts: seen }) =>
    Object.entries(seen).flatMap(([key, value]) =>
      FACTS[key] === undefined
        ? []
        : [
            html`<tr><th scope="row">${FACTS[key]}</th><td>${step}</td><td>${Array.isArray(value) ? value.join(', ') : String(value)}</td></tr>`,
          ],
    ),
  );
  return html`${expires !== undefined && html`<p>Certificate: ${expires * 1000 > run.atMs ? html`valid for another <b>${span(expires * 1000 - run.atMs)}</b>, until` : html`<b class="bad">✖ expired</b> at`} ${time(expires * 1000)}.</p>`}${rows.length > 0 && html`<details><summary>What the run saw</summary><div class="scroll" tabindex="0" role="region" aria-label="What the run saw"><table><thead><tr><th scope="col">Fact</th><th scope="col">Step</th><th scope="col">Value</th></tr></thead><tbody>${rows}</tbody></table></div></details>`}`;
}
