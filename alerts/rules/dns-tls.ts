// Names and certificates. Such targets are often probed every few minutes only, so windows are an hour: intervals up to 15 min work.
import type { AlertFamily, ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';
import { outcomeAlert } from './outcome-alert.ts';

export const HOUR = minutes(60);
/** Of the runs of one step within the hour. */
export const SHARE = 0.1;

const dnsDown = outcomeAlert({
  alert: 'DnsNotAnswering',
  kind: 'dns',
  outcomes: ['dns_nxdomain', 'dns_nodata', 'dns_servfail', 'dns_refused', 'dns_timeout'],
  windowMs: HOUR,
  share: SHARE,
  owner: 'platform',
  summary: 'DNS gives no usable answer for {{ $labels.target }}',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last hour got no usable answer. Who has the record cached does not notice yet; everybody else cannot reach the site.',
});

const dnsWrong = outcomeAlert({
  alert: 'DnsWrongAnswer',
  kind: 'dns',
  outcomes: ['dns_wrong_answer', 'dns_not_on_cdn', 'dns_aaaa_broken', 'dns_disagreement', 'dns_ttl'],
  perOutcome: true,
  windowMs: HOUR,
  share: SHARE,
  owner: 'platform',
  summary: 'DNS of {{ $labels.target }} is not as it should be ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last hour ended in {{ $labels.outcome }}. Somebody changed the zone, or name servers hold different versions of it; a failover leaves its record behind.',
});

const invalid = outcomeAlert({
  alert: 'CertificateInvalid',
  kind: 'tls',
  outcomes: [
    'tls_expired',
    'tls_not_yet_valid',
    'tls_name_mismatch',
    'tls_untrusted',
    'tls_incomplete_chain',
    'tls_handshake',
    'tls_wrong_issuer',
  ],
  perOutcome: true,
  windowMs: HOUR,
  share: SHARE,
  owner: 'platform',
  summary: 'Browsers refuse the certificate of {{ $labels.target }} ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last hour ended in {{ $labels.outcome }}. Visitors see a warning, or a page they cannot pass.',
});

const notReloaded = outcomeAlert({
  alert: 'CertificateNotReloaded',
  kind: 'tls',
  outcomes: ['tls_not_reloaded'],
  windowMs: HOUR,
  share: SHARE,
  owner: 'platform',
  summary: '{{ $labels.target }}: renewed, but the old certificate is still served',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last hour saw an older certificate than the one that was issued. When the old one expires, the site is down although renewal works. At the CDN a renewal needs a new upload.',
});

// Let's Encrypt certificates live 90 days and are renewed with 30 left, so 14 means two weeks of failed renewals, and two to mend it.
export const DAYS = 14;
const notAfter = 'probe_cert_not_after_timestamp_seconds{target="t", location="l"}';
const expires: ComponentAlert = {
  alert: 'CertificateExpiresSoon',
  expr: `min by (cluster, target) (probe_cert_not_after_timestamp_seconds) - time() < ${DAYS} * 86400`,
  forMs: minutes(60),
  severity: 'ticket',
  owner: 'platform',
  summary: 'The certificate of {{ $labels.target }} expires in {{ $value | humanizeDuration }}',
  description:
    'The certificate that {{ $labels.target }} serves expires in {{ $value | humanizeDuration }}. Renewal should have happened two weeks ago: cert-manager, the IONOS Certificate Manager or the upload to the CDN has failed.',
  tests: [
    // time() is 60 at minute 1 and 3660 at minute 61.
    when('less than 14 days since minute 1', 61, { [notAfter]: `${14 * 86400 + 59}x90` }, { target: 't' }),
    when('14 days, and no less', 61, { [notAfter]: `${14 * 86400 + 3660}x90` }),
    when('renewed after half an hour', 61, { [notAfter]: `86400x30 9999999x60` }),
    when('for 59 minutes only', 59, { [notAfter]: '86400x90' }),
    when('it has expired already', 61, { [notAfter]: '1x90' }, { target: 't' }),
  ],
};

const ready = (condition: string) =>
  `certmanager_certificate_ready_status{name="shop-tls", condition="${condition}", namespace="wp"}`;
const notReady: ComponentAlert = {
  alert: 'CertificateNotReady',
  // cert-manager retries with growing pauses: first after an hour. One failed attempt says nothing.
  expr: 'max by (cluster, namespace, name) (certmanager_certificate_ready_status{condition!="True"}) > 0',
  forMs: minutes(120),
  severity: 'ticket',
  owner: 'platform',
  needs: 'metrics of cert-manager',
  summary: 'cert-manager cannot issue {{ $labels.namespace }}/{{ $labels.name }}',
  description:
    'The Certificate {{ $labels.namespace }}/{{ $labels.name }} has not been ready for two hours. The DNS-01 challenge, the token of IONOS Cloud DNS or a rate limit of the authority.',
  tests: [
    when(
      'not ready for 2 hours',
      121,
      { [ready('False')]: '1x150', [ready('True')]: '0x150' },
      { namespace: 'wp', name: 'shop-tls' },
    ),
    when('ready', 121, { [ready('False')]: '0x150', [ready('True')]: '1x150' }),
    when('not ready for 119 minutes', 119, { [ready('Unknown')]: '1x150', [ready('True')]: '0x150' }),
  ],
};

export const DNS_TLS: AlertFamily = {
  name: 'dns-tls',
  alerts: [dnsDown, dnsWrong, invalid, notReloaded, expires, notReady],
};
