// CDN and gateway: what visitors get when the cache or the origin is not what it should be, and a surge that smells of an attack.
import type { AlertFamily, ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';
import { outcomeAlert } from './outcome-alert.ts';

// One in twenty is too many: what is private must never come from a cache.
const privateCached = outcomeAlert({
  alert: 'EdgePrivateContentCached',
  kind: 'cdn',
  outcomes: ['private_content_cached'],
  share: 0.05,
  owner: 'platform',
  summary: '{{ $labels.target }}: the cache serves private pages',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes got a private page from the cache: one visitor may see the account or cart of another. Switch caching off for these paths now; this may have to be reported as a data breach.',
});

const stale = outcomeAlert({
  alert: 'EdgeServesStale',
  kind: 'cdn',
  outcomes: ['stale_masked', 'stale_too_old'],
  perOutcome: true,
  owner: 'platform',
  summary: '{{ $labels.target }}: visitors see old pages ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes ended in {{ $labels.outcome }}. With stale_masked the origin is dead behind the cache: logins and orders fail while the front page looks well.',
});

const originDown = outcomeAlert({
  alert: 'OriginDown',
  kind: 'cdn',
  outcomes: ['origin_down'],
  owner: 'platform',
  summary: 'The origin of {{ $labels.target }} does not answer',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes found the origin dead and nothing in the cache to serve instead.',
});

const edgeDown = outcomeAlert({
  alert: 'EdgeDown',
  kind: 'cdn',
  outcomes: ['edge_down', 'one_edge_bad'],
  perOutcome: true,
  owner: 'platform',
  summary: '{{ $labels.target }}: the edge fails while the origin answers ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes ended in {{ $labels.outcome }}. The fault is at the CDN or on the way to it; with one_edge_bad only for visitors who get that address.',
});

const mismatch = outcomeAlert({
  alert: 'EdgeContentWrong',
  kind: 'cdn',
  outcomes: ['edge_mismatch', 'cache_not_missed', 'cache_bypassed'],
  perOutcome: true,
  forMs: minutes(15),
  owner: 'platform',
  summary: '{{ $labels.target }}: the cache does not do what it should ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} ended in {{ $labels.outcome }} for more than 15 minutes. A rule of the CDN, a cookie or a Cache-Control header has changed; with cache_bypassed every request reaches WordPress.',
});

const blocked = outcomeAlert({
  alert: 'EdgeBlocksProbes',
  kind: 'wordpress',
  outcomes: ['rate_limited', 'waf_block', 'challenge', 'geo_block'],
  perOutcome: true,
  owner: 'platform',
  summary: 'The edge turns probes of {{ $labels.target }} away ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes ended in {{ $labels.outcome }}. Either the prober is treated as an attacker and the SLO is wrong, or visitors are turned away too.',
});

/** Below this the origin has to do several times its usual work. 30 min of probes are 60 at the default interval. */
export const HIT_RATIO = 0.8;
const status = (name: string) => `probe_cache_status_total{target="t", status="${name}", location="l"}`;
const hitRatio: ComponentAlert = {
  alert: 'EdgeHitRatioLow',
  expr: `(
  sum by (cluster, target) (increase(probe_cache_status_total{status=~"hit|stale|updating|revalidated"}[30m]))
  or
  0 * sum by (cluster, target) (increase(probe_cache_status_total[30m]))
)
/
sum by (cluster, target) (increase(probe_cache_status_total{status!="unknown"}[30m]))
< ${HIT_RATIO}
and
sum by (cluster, target) (increase(probe_cache_status_total{status!="unknown"}[30m])) > 9.5`,
  forMs: minutes(15),
  severity: 'ticket',
  owner: 'platform',
  summary: '{{ $labels.target }}: only {{ $value | humanizePercentage }} come from the cache',
  description:
    'For 15 minutes, only {{ $value | humanizePercentage }} of the repeated probes of {{ $labels.target }} have been answered from the cache. WordPress bears the rest: expect slow pages under load.',
  tests: [
    when('79 % hits', 20, { [status('hit')]: '0+79x60', [status('miss')]: '0+21x60' }, { target: 't' }),
    when('81 % hits', 46, { [status('hit')]: '0+81x60', [status('miss')]: '0+19x60' }),
    when('no hit at all, so there is no series of hits', 46, { [status('miss')]: '0+9x60' }, { target: 't' }),
    when('unknown counts neither way', 46, { [status('hit')]: '0+9x60', [status('unknown')]: '0+91x60' }),
    when('9.8 probes in half an hour, all missed', 47, { [status('miss')]: '0+0.3267x60' }, { target: 't' }),
    when('9.2 probes in half an hour, all missed', 60, { [status('miss')]: '0+0.3067x60' }),
    when('6 probes in half an hour, and many unknown', 60, {
      [status('miss')]: '0+0.2x60',
      [status('unknown')]: '0+9x60',
    }),
    when('14 minutes only', 14, { [status('miss')]: '0+9x60' }),
  ],
};

// All of 4xx, not only 429: classes are counted from the start of Envoy, codes from the first answer that has one, and a
// first 429 would have no hour before it. Scans are 404, guesses at logins 401 and 403; ten times the usual keeps broken
// links out. alerts/README.md has more.
// Both: many, and many more than an hour ago. 5 a second is beyond the crawler that meets a broken link; ten times is beyond a campaign.
// The hour of comparison ends an hour ago, so that the alert lasts as long as the surge, for an hour at least.
export const SURGE_PER_SECOND = 5;
const SURGE_FACTOR = 10;
const ERRORS = 'sum by (cluster, namespace) (rate(envoy_http_downstream_rq_xx{envoy_response_code_class=~"4|5"}';
const errors = (cls: string) =>
  `envoy_http_downstream_rq_xx{envoy_http_conn_manager_prefix="https", envoy_response_code_class="${cls}", pod="p", namespace="gw"}`;
const surge: ComponentAlert = {
  alert: 'EdgeErrorSurge',
  expr: `${ERRORS}[5m])) > ${SURGE_PER_SECOND}
and
${ERRORS}[5m])) > ${SURGE_FACTOR} * ${ERRORS}[1h] offset 1h))`,
  forMs: minutes(5),
  severity: 'ticket',
  owner: 'platform',
  needs: 'metrics of the Envoy proxies',
  summary: 'A surge of 4xx and 5xx at the gateway in {{ $labels.namespace }}',
  description:
    '{{ $value | humanize }} answers a second with 4xx (429 among them) or 5xx, more than ten times what was usual in the hour before the last. Many addresses, one path or wp-login.php and xmlrpc.php: an attack. One cause in the log: a fault.',
  tests: [
    when(
      '10.5 a second after an hour of 1 a second',
      146,
      { [errors('4')]: '0+60x135 8730+630x60', [errors('2')]: '0+6000x200' },
      { namespace: 'gw' },
    ),
    when('8 a second after an hour of 1 a second', 146, {
      [errors('4')]: '0+60x135 8580+480x60',
      [errors('2')]: '0+6000x200',
    }),
    when('4.9 a second after an hour of none', 146, { [errors('5')]: '0x135 294+294x60' }),
    when('5.1 a second after an hour of none', 146, { [errors('5')]: '0x135 306+306x60' }, { namespace: 'gw' }),
    when(
      '4xx and 5xx are added up',
      146,
      { [errors('5')]: '0x135 180+180x60', [errors('4')]: '0x135 180+180x60' },
      { namespace: 'gw' },
    ),
    when('3 a second after an hour of 0.1 a second, beside many 2xx', 146, {
      [errors('4')]: '0+6x135 990+180x60',
      [errors('2')]: '0+6000x200',
    }),
    when('2xx do not count', 146, { [errors('2')]: '0x135 6000+6000x60' }),
    when('50 minutes later, still', 190, { [errors('4')]: '0+60x135 8730+630x60' }, { namespace: 'gw' }),
    when('nothing is known of the hour before the last', 60, { [errors('4')]: '0+600x70' }),
    when('for 2 minutes only', 139, { [errors('4')]: '0x135 6000+6000x60' }),
  ],
};

export const EDGE: AlertFamily = {
  name: 'edge',
  alerts: [privateCached, stale, originDown, edgeDown, mismatch, blocked, hitRatio, surge],
};
