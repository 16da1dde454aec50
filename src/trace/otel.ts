// OpenTelemetry traces of probe runs. Loaded only when a collector is configured: the SDK costs about a second to load.
// A collector that is down or slow costs nothing: spans wait in a bounded queue and are dropped when it is full.
import { type Context, context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { Tracer } from '../probe/trace-port.ts';
import { verdictOf } from '../spec/outcome.ts';
import { type PageView, viewSpans } from './view-spans.ts';

export interface Tracing {
  readonly tracer: Tracer;
  /** Makes spans of a page view, in the trace that its server named. */
  view(view: PageView): void;
  /** Sends what is queued, at most 2 s. */
  stop(): Promise<void>;
}

/** Starts the SDK; endpoint and headers come from the standard OTEL_EXPORTER_OTLP_* variables. */
export function startTracing(version: string, location: string): Tracing {
  const sdk = new NodeSDK({
    serviceName: 'plimsoll',
    autoDetectResources: false,
    traceExporter: new OTLPTraceExporter({ timeoutMillis: 2_000 }),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  const otel = trace.getTracer('plimsoll', version);
  const tracer: Tracer = {
    run(target) {
      const root = otel.startSpan(`probe ${target.name}`, {
        root: true,
        attributes: { 'plimsoll.target': target.name, 'plimsoll.kind': target.kind, 'plimsoll.location': location },
      });
      const parent: Context = trace.setSpan(context.active(), root);
      return {
        traceId: root.spanContext().traceId,
        step(name) {
          const span = otel.startSpan(`step ${name}`, { kind: SpanKind.CLIENT }, parent);
          const { traceId, spanId } = span.spanContext();
          return {
            traceparent: `00-${traceId}-${spanId}-01`,
            end(result) {
              span.setAttributes({
                'plimsoll.step': name,
                'plimsoll.outcome': result.outcome,
                'plimsoll.blame': result.blame,
              });
              for (const [phase, ms] of Object.entries(result.phases))
                span.setAttribute(`plimsoll.phase.${phase}_ms`, ms);
              if (verdictOf(result.outcome) === 'bad')
                span.setStatus({ code: SpanStatusCode.ERROR, message: result.detail });
              span.end();
            },
          };
        },
        end: () => root.end(),
      };
    },
  };
  const view = (of: PageView) => viewSpans(otel, of);
  const stop = async () => {
    await Promise.race([sdk.shutdown().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
  };
  return { tracer, view, stop };
}
