// A page view as spans, in the trace of the request that made its page: what the browser waited for, and what PHP took of that.
import { ROOT_CONTEXT, SpanKind, TraceFlags, type Tracer, trace } from '@opentelemetry/api';

export interface PageView {
  readonly traceId: string;
  /** Span of the server, as it was told to the browser. */
  readonly parentSpanId: string;
  readonly site: string;
  readonly page: string;
  readonly device: string;
  /** ms since 1970, by the browser's clock as far as it can be true. */
  readonly startMs: number;
  readonly ttfbMs: number;
  readonly lcpMs: number | undefined;
  readonly phpMs: number | undefined;
}

/** Three spans at most: the view up to its largest paint, in it the document, in that PHP. PHP ends with the first byte. */
export function viewSpans(tracer: Tracer, view: PageView): void {
  const { traceId, parentSpanId: spanId, startMs, ttfbMs, phpMs } = view;
  const attributes = { 'plimsoll.site': view.site, 'plimsoll.page': view.page, 'plimsoll.device': view.device };
  const remote = trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
  const whole = tracer.startSpan('page view', { startTime: startMs, attributes }, remote);
  const inView = trace.setSpan(remote, whole);
  const fetched = tracer.startSpan('document', { startTime: startMs, kind: SpanKind.CLIENT, attributes }, inView);
  const firstByteMs = startMs + ttfbMs;
  if (phpMs !== undefined && phpMs <= ttfbMs)
    tracer
      .startSpan('php', { startTime: firstByteMs - phpMs, kind: SpanKind.SERVER }, trace.setSpan(inView, fetched))
      .end(firstByteMs);
  fetched.end(firstByteMs);
  whole.end(startMs + Math.max(ttfbMs, view.lcpMs ?? 0));
}
