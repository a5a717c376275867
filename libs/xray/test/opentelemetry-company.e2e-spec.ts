import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type * as Tracing from './tracing';

/* What the bridge does about others. Each case loads it anew, as a process of its own would. */

/** Where the API keeps what was registered. */
const API = Symbol.for('opentelemetry.js.api.1');
const registered = globalThis as unknown as Record<symbol, object | undefined>;

beforeEach(() => {
  delete registered[API];
  jest.resetModules();
});
afterEach(() => {
  delete registered[API];
});

describe('if another SDK is already registered', () => {
  it('the import logs one warning, changes nothing, and leaves the spans to that SDK', async () => {
    const exporter = new InMemorySpanExporter();
    const sdk = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    trace.setGlobalTracerProvider(sdk);
    const before = { ...registered[API] };
    const { Logger } = await import('@nestjs/common');
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();

    await import('nestjs-xray/opentelemetry');

    expect(registered[API]).toEqual(before);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('another OpenTelemetry SDK')]]);
    trace.getTracer('app').startSpan('theirs').end();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['theirs']);
    warn.mockRestore();
  });
});

describe('an instrumentation for calls that this package records', () => {
  it('is ignored: its spans record nothing and inject nothing', async () => {
    await import('nestjs-xray/opentelemetry');
    const { tracing } = jest.requireActual<typeof Tracing>('./tracing');
    const app = await tracing({ serviceName: 'shop' });
    const tracer = trace.getTracer('@opentelemetry/instrumentation-http');
    const carrier: Record<string, string> = {};

    const { segment } = await app.request(() => {
      const span = tracer.startSpan('GET', { kind: SpanKind.CLIENT });
      expect(span.isRecording()).toBe(false);
      propagation.inject(trace.setSpan(context.active(), span), carrier);
      span.end();
    });
    await app.close();

    expect(segment).not.toHaveProperty('subsegments');
    expect(carrier).toEqual({});
  });
});
