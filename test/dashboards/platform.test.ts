// What the boards of the platform say of an outage, on a real Prometheus: zones, the gateway, the telemetry stack, the exporter, on-call.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { boardOn, lanes, SAMPLES, STEP_SECONDS, type Written } from './written.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

type On = Awaited<ReturnType<typeof boardOn>>;
const HALF = SAMPLES / 2;
/** All is well in the first half, and not in the second. */
const then = (well: number, ill: number) => (i: number) => (i < HALF ? well : ill);
const always = (value: number) => () => value;
/** A counter, by its rates a second. */
const counter = (well: number, ill: number) => (i: number) =>
  STEP_SECONDS * (i < HALF ? well * i : well * HALF + ill * (i - HALF));
/** One that has no series until it counts. */
const lazy = (rate: number) => (i: number) => (i < HALF ? undefined : counter(0, rate)(i));
const stat = async (on: On, title: string) => (await on.panel(title)).stats[0]?.value;
const rows = async (on: On, title: string) =>
  (await on.panel(title)).rows.map((row) => row.map(({ text }) => text).join(' | '));

function board(uid: string, written: Written): { readonly on: On } {
  const held: { on?: On } = {};
  beforeAll(async () => {
    held.on = await boardOn(uid, written);
  });
  afterAll(() => held.on?.stop());
  return held as { readonly on: On };
}

describe('Kubernetes, when a zone loses its pods', () => {
  const zones = ['fra-1', 'fra-2', 'fra-3'];
  const node = (zone: string): Written => ({
    [`kube_node_labels{node="${zone}",label_platform_ionos_az="${zone}"}`]: always(1),
    [`kube_node_status_condition{node="${zone}",condition="Ready",status="true"}`]: then(1, zone === 'fra-3' ? 0 : 1),
    [`kube_node_status_allocatable{node="${zone}",resource="cpu"}`]: always(4),
  });
  const pod = (zone: string, n: number): Written => {
    const own = `pod="wordpress-${zone}-${n}",namespace="wp"`;
    const lost = zone === 'fra-3';
    return {
      [`kube_pod_info{${own},node="${zone}",created_by_kind="ReplicaSet"}`]: (i) => (lost && i >= HALF ? undefined : 1),
      [`kube_pod_status_scheduled{${own},condition="false"}`]: then(0, lost ? 1 : 0),
      [`kube_pod_status_phase{${own},phase="Running"}`]: then(1, lost ? 0 : 1),
      [`kube_pod_container_resource_requests{${own},node="${zone}",container="php",resource="cpu"}`]: always(1.5),
    };
  };
  const at = board('plimsoll-kubernetes', {
    ...Object.assign({}, ...zones.flatMap((zone) => [node(zone), pod(zone, 1), pod(zone, 2)])),
    'kube_pod_info{pod="wordpress-cron-1",namespace="wp",node="fra-3",created_by_kind="Job"}': always(1),
    'kube_deployment_spec_replicas{deployment="wordpress",namespace="wp"}': always(6),
    'kube_deployment_status_replicas_available{deployment="wordpress",namespace="wp"}': then(6, 4),
    'kube_horizontalpodautoscaler_status_current_replicas{horizontalpodautoscaler="w"}': then(6, 12),
    'kube_horizontalpodautoscaler_spec_max_replicas{horizontalpodautoscaler="w"}': always(12),
  });
  it('counts what is missing', async () => {
    expect(await stat(at.on, 'WordPress pods missing')).toBe(2);
    expect(await stat(at.on, 'Zones without WordPress')).toBe(1);
  });
  it('says where, and that there is no room', async () => {
    expect(lanes(await at.on.panel('What is wrong since when'))).toEqual({
      'WordPress pods': 1,
      'Spread over zones': 2,
      'Nodes of fra-1': 0,
      'Nodes of fra-2': 0,
      'Nodes of fra-3': 2,
      'Room on nodes': 2,
      'Room to scale': 1,
    });
    expect(lanes(await at.on.panel('WordPress pods by zone'))).toEqual({ 'fra-1': 2, 'fra-2': 2 });
    expect(lanes(await at.on.panel('What WordPress pods wait for'))).toEqual({ 'a node': 2 });
  });
  it('counts what is requested of running pods only', async () => {
    expect(lanes(await at.on.panel('Requested of the nodes'))).toEqual({ 'cpu in fra-1': 0.75, 'cpu in fra-2': 0.75 });
  });
});

describe('Kubernetes, without any WordPress pod', () => {
  const at = board('plimsoll-kubernetes', {
    'kube_node_labels{node="a",label_platform_ionos_az="fra-1"}': always(1),
    'kube_node_labels{node="b",label_platform_ionos_az="fra-2"}': always(1),
  });
  it('counts all zones', async () => {
    expect(await stat(at.on, 'Zones without WordPress')).toBe(2);
    expect(lanes(await at.on.panel('What is wrong since when'))).toEqual({ 'Spread over zones': 2 });
  });
  it('says in words what it does not know', async () => {
    expect((await at.on.panel('WordPress pods missing')).empty).toMatch(/kube-state-metrics is not scraped/);
  });
});

describe('the gateway, when a backend loses endpoints', () => {
  const visitors = 'envoy_http_conn_manager_prefix="https-10443"';
  const route = 'envoy_cluster_name="httproute/wp/site/rule/0"';
  const at = board('plimsoll-gateway', {
    [`envoy_http_downstream_rq_xx{${visitors},envoy_response_code_class="2"}`]: counter(100, 80),
    [`envoy_http_downstream_rq_xx{${visitors},envoy_response_code_class="5"}`]: lazy(20),
    'envoy_http_downstream_rq_xx{envoy_http_conn_manager_prefix="admin",envoy_response_code_class="2"}': counter(
      900,
      900,
    ),
    [`envoy_cluster_upstream_rq_xx{${route},envoy_response_code_class="2"}`]: counter(100, 80),
    'envoy_cluster_upstream_rq_xx{envoy_cluster_name="xds_cluster",envoy_response_code_class="2"}': counter(500, 500),
    [`envoy_cluster_upstream_rq_retry{${route}}`]: counter(0, 12),
    [`envoy_cluster_membership_healthy{${route}}`]: then(4, 1),
    [`envoy_cluster_membership_total{${route}}`]: always(4),
  });
  it('does not count its own probes and connections', async () => {
    expect(await stat(at.on, 'Requests a second')).toBeCloseTo(100, 6);
    expect(await stat(at.on, 'Answers with 5xx')).toBeCloseTo(0.2, 6);
    expect(await stat(at.on, 'Requests tried again')).toBeCloseTo(0.15, 6);
    expect(await stat(at.on, 'Endpoints that are healthy')).toBe(0.25);
  });
  it('counts as 0 what has never happened', async () => {
    expect(lanes(await at.on.panel('What is wrong since when'))).toEqual({
      '5xx to visitors': 2,
      Endpoints: 2,
      Timeouts: 0,
      Overload: 0,
      Retries: 2,
    });
    expect(lanes(await at.on.panel('Failures by backend'))).toEqual({ 'httproute/wp/site/rule/0': 0 });
  });
});

describe('the telemetry stack, when Mimir does not answer', () => {
  const to = 'remote_name="mimir",instance="p:9090"';
  const remote = (what: string) => `prometheus_remote_storage_samples_${what}{${to}}`;
  const at = board('plimsoll-telemetry', {
    [remote('total')]: counter(1000, 1000),
    [remote('retried_total')]: counter(0, 900),
    [remote('failed_total')]: counter(0, 0),
    [remote('dropped_total')]: counter(0, 0),
    [remote('pending')]: always(5),
    'process_start_time_seconds{instance="p:9090"}': always(Date.now() / 1000 - 7 * 3600),
    'loki_write_sent_entries_total{host="loki"}': counter(200, 0),
    'loki_write_dropped_entries_total{host="loki",reason="ingester_error"}': lazy(200),
    'otelcol_receiver_accepted_spans_total{receiver="otlp"}': counter(30, 30),
    'otelcol_exporter_send_failed_spans_total{exporter="otlp"}': lazy(30),
    'loki_distributor_lines_received_total{tenant="wp"}': counter(200, 200),
    'loki_discarded_samples_total{tenant="wp",reason="rate_limited"}': lazy(50),
  });
  it('sees it although Prometheus counts no failure, only tries again', async () => {
    // Never sent anything: since the start of the process.
    expect(await stat(at.on, 'Remote write is behind by')).toBeCloseTo(7 * 3600, -2);
    expect(lanes(await at.on.panel('Parts'))).toEqual({ Prometheus: 2, Loki: 1, Alloy: 2, Collector: 2 });
  });
  it('counts losses of parts that never succeeded', async () => {
    const lost = (await rows(at.on, 'Each part now')).map((row) => row.split(' | '));
    expect(Object.fromEntries(lost.map(([part, , fails]) => [part, fails]))).toEqual({
      Prometheus: '90.0%',
      Loki: '25.0%',
      Alloy: '100.0%',
      Collector: '100.0%',
    });
  });
});

describe('the exporter, when it is ill', () => {
  const run = (target: string, outcome: string, blame: string) =>
    `probe_runs_total{target="${target}",kind="http",step="one",outcome="${outcome}",blame="${blame}"}`;
  const at = board('plimsoll-exporter', {
    plimsoll_store_up: then(1, 0),
    plimsoll_event_loop_delay_seconds: then(0.01, 0.7),
    plimsoll_clock_offset_seconds: then(0, -9),
    plimsoll_series: always(700),
    [run('late', 'ok', 'none')]: counter(0.1, 0.08),
    'plimsoll_missed_runs_total{target="late",reason="late"}': lazy(0.02),
    [run('blind', 'ok', 'none')]: counter(0.1, 0.04),
    [run('blind', 'auth_failed', 'config')]: counter(0, 0.06),
    [run('slow', 'ok', 'none')]: counter(0.1, 0.1),
    'plimsoll_missed_runs_total{target="slow",reason="backoff"}': counter(0, 0.5),
  });
  it('shows each illness in its lane', async () => {
    expect(lanes(await at.on.panel('What is wrong since when'))).toEqual({
      Store: 2,
      Schedule: 1,
      'Runs can judge': 2,
      CPU: 1,
      Clock: 1,
      Series: 0,
    });
  });
  it('says which target, and not of those that are asked less on purpose', async () => {
    expect((await rows(at.on, 'Targets')).map((row) => row.split(' | ').slice(0, 3))).toEqual([
      ['late', '20.0%', '0.0%'],
      ['blind', '0.0%', '60.0%'],
      ['slow', '0.0%', '0.0%'],
    ]);
  });
});

describe('on-call', () => {
  const MINUTE = 60 / STEP_SECONDS;
  const during =
    (minutes: number, ...starts: readonly number[]) =>
    (i: number) =>
      starts.some((start) => i >= start * MINUTE && i < (start + minutes) * MINUTE) ? 1 : undefined;
  const firing = (labels: string) => `ALERTS{alertstate="firing",${labels}}`;
  const burn = 'alertname="SLOErrorBudgetBurn",severity="page",slo="shop",team="shop"';
  const down = 'alertname="MariaDBDown",severity="page",component="mariadb",target="db",team="data"';
  const skew = 'alertname="WordPressZoneSkew",severity="ticket",component="kubernetes",team="platform"';
  const at = board('plimsoll-on-call', {
    // Two windows and a pair of Prometheus: one alert to people.
    [firing(`${burn},tier="page-fast",instance="a"`)]: during(20, 50, 130, 240),
    [firing(`${burn},tier="page-slow",instance="b"`)]: during(25, 50, 130, 240),
    [firing(down)]: during(1, 77, 179),
    [firing(skew)]: (i) => (i >= 30 * MINUTE ? 1 : undefined),
    [`ALERTS_FOR_STATE{${skew}}`]: always(Date.now() / 1000 - 90_000),
    'ALERTS{alertstate="pending",alertname="RedisDown",severity="page",team="data"}': (i) =>
      i >= SAMPLES - 8 ? 1 : undefined,
    [firing('alertname="Watchdog",severity="none"')]: always(1),
    'slo_info{slo="shop",team="shop"}': always(1),
    'slo_info{slo="blog",team="quiet"}': always(1),
  });
  it('counts episodes, also those of a minute', async () => {
    expect(await stat(at.on, 'Pages in this time')).toBe(5);
    expect(await stat(at.on, 'Tickets in this time')).toBe(1);
    expect(lanes(await at.on.panel('Pages a week'))).toEqual({ shop: 3, data: 2, quiet: 0 });
  });
  it('tells noise from outages', async () => {
    const each = (await at.on.panel('Alerts, the most frequent first')).rows.map((row) => ({
      alert: row[0]!.text,
      episodes: row[5]!.value,
      isBrief: row[6]!.value! < 900,
    }));
    expect(each).toEqual([
      { alert: 'SLOErrorBudgetBurn', episodes: 3, isBrief: false },
      { alert: 'MariaDBDown', episodes: 2, isBrief: true },
      { alert: 'WordPressZoneSkew', episodes: 1, isBrief: false },
    ]);
  });
  it('says what does not end, and since when', async () => {
    expect(await stat(at.on, 'Firing now')).toBe(1);
    expect(await stat(at.on, 'Of them for a day or longer')).toBe(1);
    expect(await stat(at.on, 'About to fire')).toBe(1);
    const [row] = (await at.on.panel('What does not end')).rows;
    expect([row![0]!.text, Math.round(row![5]!.value! / 100)]).toEqual(['WordPressZoneSkew', 900]);
  });
});
