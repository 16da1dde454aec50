// After web-vitals, in the same function: one beacon when the page is hidden, in Faro's wire format. Reads and writes no storage.
const { url, page } = document.currentScript.dataset;
const id = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('');
const began = Math.round(performance.timeOrigin);
let view = id();
let found = {};
const timings = performance.getEntriesByType('navigation')[0]?.serverTiming ?? [];
const [, trace_id, span_id] =
  /^00-(\w{32})-(\w{16})-/.exec(timings.find((t) => t.name === 'traceparent')?.description) ?? [];
const server = Object.fromEntries(timings.filter((t) => t.duration > 0).map((t) => [t.name, t.duration]));
const add = ({ name, value, id: of, rating, navigationType }) => {
  found[name] = {
    type: 'web-vitals',
    values: { [name.toLowerCase()]: value },
    timestamp: new Date().toISOString(),
    context: { id: of, rating, navigation_type: navigationType, began: `${began}` },
    ...(trace_id && { trace: { trace_id, span_id } }),
  };
};
for (const on of ['onTTFB', 'onFCP', 'onLCP', 'onCLS', 'onINP']) webVitals[on](add);
const send = () => {
  const measurements = Object.values(found);
  if (measurements.length === 0) return;
  if (found.TTFB && Object.keys(server).length > 0) measurements.push({ type: 'server-timing', values: server });
  found = {};
  const meta = {
    sdk: { name: 'plimsoll-lite' },
    page: {
      id: page,
      url: location.origin + location.pathname,
      attributes: { view, ...(navigator.webdriver && { automated: 'true' }) },
    },
    browser: { mobile: navigator.userAgentData?.mobile ?? /Mobi|Android/.test(navigator.userAgent) },
  };
  fetch(url, {
    method: 'POST',
    keepalive: true,
    credentials: 'omit',
    referrerPolicy: 'origin',
    headers: { 'content-type': 'application/json', 'idempotency-key': id() },
    body: JSON.stringify({ meta, measurements }),
  }).catch(() => {});
};
// On the window, so that it comes after the listeners of web-vitals on the document.
addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && send());
addEventListener('pageshow', (event) => {
  if (event.persisted) view = id();
});
