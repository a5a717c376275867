import 'nestjs-xray/opentelemetry';
import { context, createContextKey, SpanKind, trace as api } from '@opentelemetry/api';
import { capture } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';
import { WorkCounter } from './work-counter';

/* What a span of the OpenTelemetry API costs, counted and not timed: a clock on a shared machine lies. */

/** What instrumentation-ioredis says of a call. */
const attributes = {
  'db.operation.name': 'get',
  'db.system.name': 'redis',
  'db.query.text': 'get cart',
  'server.address': 'cache.internal',
  'server.port': 6379,
};

function recordSpans(count: number): void {
  trace(() => {
    const tracer = api.getTracer('cost');
    for (let i = 0; i < count; i++) {
      tracer.startSpan('get', { kind: SpanKind.CLIENT, attributes }).end();
    }
  });
}

describe('a span of the OpenTelemetry API', () => {
  it('is recorded and written with little work', () => {
    const counter = new WorkCounter();
    recordSpans(10);
    const [few, more] = [20, 60].map((count) => counter.measure(() => recordSpans(count)).steps);
    counter.close();

    expect((more! - few!) / 40).toBeLessThan(420);
  });

  it('is written without JSON.stringify, where a text needs no escaping', () => {
    recordSpans(1);
    const stringify = jest.spyOn(JSON, 'stringify');
    recordSpans(10);
    const texts = new Set<unknown>(
      Object.values(attributes).filter((value) => typeof value === 'string'),
    );
    const given = stringify.mock.calls.map(([value]: unknown[]) => value);
    stringify.mockRestore();

    expect(given.filter((value) => texts.has(value))).toEqual([]);
  });

  it('is read for the status of a response only if it is an HTTP call', () => {
    recordSpans(1);
    const get = jest.spyOn(Map.prototype, 'get');
    recordSpans(10);
    const lookups = get.mock.calls.filter(([name]) => name === 'http.response.status_code');
    get.mockRestore();

    expect(lookups).toEqual([]);
  });

  it('has its keys checked for secrets once, not with every span', () => {
    recordSpans(1);
    const tests = jest.spyOn(RegExp.prototype, 'test');
    recordSpans(10);
    const keys = tests.mock.calls.map(([text]) => text).filter((text) => text in attributes);
    tests.mockRestore();

    expect(keys).toEqual([]);
  });
});

describe('the active context', () => {
  it('is created once for the active node in an entered context', () => {
    trace(() => {
      context.with(context.active().setValue(createContextKey('test'), 1), () => {
        capture('inner', () => expect(context.active()).toBe(context.active()));
      });
    });
  });
});
