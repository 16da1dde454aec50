// After the Faro SDK, in the same function: vitals and errors, without session, console and anything about the visitor.
const { url, page } = document.currentScript.dataset;
const id = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('');
const sdk = GrafanaFaroWebSdk;
const bare = (text) => (typeof text === 'string' ? text.replace(/[?#].*$/, '') : text);
const masked = (text) =>
  typeof text === 'string'
    ? text
        .replace(/[?#]\S+/g, '')
        .replace(/\S+(?:@|%40)\S+/g, '[e-mail]')
        .replace(/\beyJ\S+/g, '[token]')
    : text;
const attributes = { view: id(), ...(navigator.webdriver && { automated: 'true' }) };
const { api } = sdk.initializeFaro({
  app: { name: 'site' },
  sessionTracking: { enabled: false },
  isolate: true,
  preventGlobalExposure: true,
  batching: { sendTimeout: 5000 },
  pageTracking: { page: { id: page, attributes } },
  metas: [],
  instrumentations: [new sdk.ErrorsInstrumentation(), new sdk.WebVitalsInstrumentation()],
  transports: [new sdk.FetchTransport({ url, requestOptions: { credentials: 'omit', referrerPolicy: 'origin' } })],
  beforeSend: (item) => {
    const { payload } = item;
    const frames = payload.stacktrace?.frames?.map((frame) => ({
      ...frame,
      filename: bare(frame.filename),
      function: masked(frame.function),
    }));
    return {
      ...item,
      meta: {
        sdk: { name: 'faro-web' },
        page: { id: page, url: location.origin + location.pathname, attributes },
        browser: { mobile: navigator.userAgentData?.mobile ?? /Mobi|Android/.test(navigator.userAgent) },
      },
      payload:
        frames || payload.value
          ? { ...payload, value: masked(payload.value), stacktrace: { frames: frames ?? [] } }
          : payload,
    };
  },
});
const timings = performance.getEntriesByType('navigation')[0]?.serverTiming ?? [];
const server = Object.fromEntries(timings.filter((t) => t.duration > 0).map((t) => [t.name, t.duration]));
if (Object.keys(server).length > 0) api.pushMeasurement({ type: 'server-timing', values: server });
