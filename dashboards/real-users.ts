// Real users: what page views felt like, by page and device, beside what probes and servers say of the same time.
import type { Board, Look, TimeseriesPanel } from '../src/grafana/board.ts';
import { RESTORED_COUNTS, VITAL_NAMES, VITALS, type VitalName } from '../src/spec/vitals.ts';
import { IN_CLUSTER, VISITORS } from './ask.ts';
import { toBoard } from './links.ts';
import { chart, number } from './part-panels.ts';

const EMPTY = 'no beacons: nothing is known, and nothing is well';
const SITE = `${IN_CLUSTER}, site=~"$site"`;
const PLACE = `${SITE}, page=~"$page", device=~"$device"`;
/** Restored views painted at once, and waited for nobody: they count as they do for SLOs. */
const visits = (vital: VitalName): string => (RESTORED_COUNTS.has(vital) ? PLACE : `${PLACE}, navigation!="restored"`);

const NAMES: Readonly<Record<VitalName, string>> = {
  lcp: 'Largest paint (LCP)',
  inp: 'Reaction to input (INP)',
  cls: 'Layout shift (CLS)',
  fcp: 'First paint (FCP)',
  ttfb: 'First byte (TTFB)',
};
const ADVICE: Readonly<Record<VitalName, string>> = {
  lcp: 'Slow with a fast first byte: images, fonts and scripts of the page. Slow with it: PHP or the cache.',
  inp: 'Scripts that hold the page up: those that were added last, of plugins and tags.',
  cls: 'Things that move: images without size, banners that come late.',
  fcp: 'Styles and scripts in the head that are waited for.',
  ttfb: 'PHP, the cache, or the way there: compare with what servers and probes say below.',
};

const buckets = (vital: VitalName, by: string): string =>
  `sum by (${by}) (rate(${VITALS[vital].metric}_bucket{${visits(vital)}}[$__rate_interval]))`;
const p75 = (vital: VitalName, ...by: string[]): string =>
  `histogram_quantile(0.75, ${buckets(vital, [...by, 'le'].join(', '))})`;

/** At the thresholds of the vital. */
const lookOf = (vital: VitalName): Look => ({
  base: 'green',
  thresholds: [
    { from: VITALS[vital].good, color: 'orange' },
    { from: VITALS[vital].poor, color: 'red' },
  ],
  ...(vital === 'cls' && { unit: 'none', decimals: 2 }),
});

const DAY = 'the window of a day, so that the number has enough views; the charts below show when';
const ofDay = (vital: VitalName): string =>
  `histogram_quantile(0.75, sum by (le) (increase(${VITALS[vital].metric}_bucket{${visits(vital)}}[1d])))`;

const over = (vital: VitalName, by: 'page' | 'device'): TimeseriesPanel =>
  chart({
    title: `${NAMES[vital]} by ${by}`,
    description: `The 75th percentile. ${ADVICE[vital]}`,
    queries: [{ expr: p75(vital, by), legend: `{{${by}}}`, exemplars: true }],
    min: 0,
    empty: EMPTY,
    ...lookOf(vital),
  });

const VIEWS = `sum by (cluster, site) (increase(rum_views_total{${PLACE}}[$__rate_interval]))`;
const ERROR_VIEWS = `sum by (cluster, site) (increase(rum_error_views_total{${PLACE}}[$__rate_interval]))`;

const beside = chart(
  {
    title: 'First byte: browsers, servers, probes',
    description:
      'On one axis. Browsers and servers slow: PHP or the database. Browsers only: the network, redirects, or devices. Probes slow too: not the visitors. What servers say of a page from a cache is what its first request took.',
    queries: [
      { expr: p75('ttfb', 'site'), legend: 'browsers: {{site}}' },
      {
        expr: `histogram_quantile(0.75, sum by (name, le) (rate(rum_server_timing_seconds_bucket{${SITE}, page=~"$page"}[$__rate_interval])))`,
        legend: 'servers: {{name}}',
      },
      {
        expr: `histogram_quantile(0.75, sum by (target, step, le) (rate(probe_step_duration_seconds_bucket{${IN_CLUSTER}, step=~"front|uncached"}[$__rate_interval])))`,
        legend: 'probes: {{target}} {{step}}',
      },
    ],
    min: 0,
    empty: EMPTY,
  },
  24,
);

export const realUsers = (): Board => ({
  uid: 'plimsoll-real-users',
  title: 'Real users',
  description:
    'What page views felt like. Samples, not all views; robots are left out; anybody can send beacons, so nothing here pages.',
  uses: ['cluster'],
  from: 'now-24h',
  variables: [
    { name: 'site', label: 'Site', query: `label_values(rum_views_total{${IN_CLUSTER}}, site)` },
    { name: 'page', label: 'Page', query: `label_values(rum_views_total{${SITE}}, page)` },
    { name: 'device', label: 'Device', query: `label_values(rum_views_total{${SITE}}, device)` },
  ],
  first: [
    ...VITAL_NAMES.map((vital) =>
      number({
        title: NAMES[vital],
        description: `75 of 100 views of a day are at most this. Green is good, red is poor. ${ADVICE[vital]}`,
        queries: [{ expr: ofDay(vital) }],
        empty: EMPTY,
        waive: { 'target-rate-interval-rule': DAY },
        ...lookOf(vital),
      }),
    ),
    number({
      title: 'Views of a day',
      description: 'That were measured. Fewer than 100 are no verdict: the numbers beside are anecdotes then.',
      queries: [{ expr: `sum(increase(rum_views_total{${PLACE}}[1d]))` }],
      unit: 'short',
      decimals: 0,
      base: 'orange',
      thresholds: [{ from: 100, color: 'text' }],
      empty: EMPTY,
      waive: { 'target-rate-interval-rule': DAY },
    }),
    over('lcp', 'page'),
    over('inp', 'page'),
    beside,
    chart({
      title: 'Views with an error',
      description:
        'Share of views in which a script of the site failed. It rises at a deploy: roll back. In the mode lite no errors are collected.',
      queries: [{ expr: `(${ERROR_VIEWS} or 0 * ${VIEWS}) / (${VIEWS} > 0)`, legend: '{{site}}' }],
      min: 0,
      empty: EMPTY,
    }),
    chart({
      title: 'Beacons by what became of them',
      description:
        'Only `accepted` counts. `robot` above it: crawlers. `over_share`, `rate_limited`: one network sends more than it may. `wrong_origin`: a site is missing in the spec. All at 0: the loader, the route /_rum, or a blocker.',
      queries: [
        {
          expr: `sum by (result) (increase(rum_beacons_total{${SITE}}[$__rate_interval]))`,
          legend: '{{result}}',
        },
      ],
      stack: true,
      bars: true,
      decimals: 0,
      empty: EMPTY,
    }),
  ],
  rows: [
    { title: 'By device', panels: [over('lcp', 'device'), over('inp', 'device'), over('cls', 'device')] },
    { title: 'More vitals by page', panels: [over('cls', 'page'), over('fcp', 'page'), over('ttfb', 'page')] },
    {
      title: 'Who is in the sample',
      panels: [
        chart({
          title: 'Values by engine',
          description: 'Not every engine reports every vital: what is missing here is missing in the numbers above.',
          queries: [
            {
              expr: `sum by (engine, vital) (increase(rum_engine_values_total{${SITE}}[$__rate_interval]))`,
              legend: '{{engine}} {{vital}}',
            },
          ],
          decimals: 0,
          empty: EMPTY,
        }),
        chart({
          title: 'Views by navigation',
          description:
            'Restored views (from the back-forward cache, prerendered) are left out of paint times and of the first byte above.',
          queries: [
            {
              expr: `sum by (navigation) (increase(rum_views_total{${PLACE}}[$__rate_interval]))`,
              legend: '{{navigation}}',
            },
          ],
          stack: true,
          decimals: 0,
          empty: EMPTY,
        }),
        chart({
          title: 'Views beside answers of the gateway',
          description:
            'All hosts of the gateway, scripts and pictures too, so the two are never equal: what counts is whether they move together. Answers go on and views stop: visitors come and are not measured. That is no good news: look at the loader in a page, consent, and the route /_rum.',
          queries: [
            { expr: `sum(increase(rum_views_total{${SITE}}[$__rate_interval]))`, legend: 'views that were measured' },
            {
              expr: `sum(increase(envoy_http_downstream_rq_xx{${VISITORS}}[$__rate_interval]))`,
              legend: 'answers of the gateway',
            },
          ],
          decimals: 0,
          min: 0,
          empty: 'no beacons, and the gateway is not scraped or has no traffic',
        }),
        chart({
          title: 'Left out',
          description:
            'Items of accepted beacons that were not counted: implausible, late, of foreign scripts; and beacons that another receiver did not get.',
          queries: [
            {
              expr: `sum by (reason) (increase(rum_items_dropped_total{${SITE}}[$__rate_interval]))`,
              legend: '{{reason}}',
            },
          ],
          decimals: 0,
          empty: EMPTY,
        }),
        number(
          {
            title: 'Beacons come',
            description: 'Of the worst site. `no`: none within `quiet` of the site, so its SLOs are unmeasured.',
            queries: [{ expr: `min(rum_site_present{${SITE}})` }],
            mappings: [
              { value: 0, text: 'no', color: 'red' },
              { value: 1, text: 'yes', color: 'green' },
            ],
            empty: 'no site is measured',
          },
          6,
        ),
        number(
          {
            title: 'Share that is measured',
            description: 'By the spec, of the site with the least. Views above are these; they are not scaled up.',
            queries: [{ expr: `min(rum_sample_ratio{${SITE}})` }],
            decimals: 0,
            empty: 'no site is measured',
          },
          6,
        ),
        chart({
          title: 'How late beacons are',
          description:
            'Since the oldest item of the newest beacon was measured, by the clock of the browser. Minutes are normal: values are final when a page is hidden.',
          queries: [{ expr: `max by (site) (rum_ingest_lag_seconds{${SITE}})`, legend: '{{site}}' }],
          min: 0,
          empty: EMPTY,
        }),
        chart({
          title: 'Forwarded',
          description:
            'To the receiver in `forward`, and what waits for it. `failed` or `dropped`: it is down or too slow; counts here are whole all the same.',
          queries: [
            {
              expr: `sum by (result) (increase(rum_forwarded_total{${SITE}}[$__rate_interval]))`,
              legend: '{{result}}',
            },
            { expr: `sum(rum_forward_queue_beacons{${SITE}})`, legend: 'waiting' },
          ],
          decimals: 0,
          empty: 'nothing is forwarded',
        }),
        chart({
          title: 'Series refused',
          description: 'More than 0: the site has maxSeries series. Fewer groups of pages, or a higher limit.',
          queries: [
            {
              expr: `sum by (site) (increase(rum_series_dropped_total{${SITE}}[$__rate_interval]))`,
              legend: '{{site}}',
            },
          ],
          decimals: 0,
          empty: EMPTY,
        }),
      ],
    },
  ],
  links: [toBoard('WordPress', 'plimsoll-wordpress'), toBoard('CDN and edge', 'plimsoll-edge')],
});
