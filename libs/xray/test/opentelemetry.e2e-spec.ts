import 'nestjs-xray/opentelemetry';
import {
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { Subsegment, type SegmentDocument, type SubsegmentDocument } from 'nestjs-xray';
import { setTimeout as sleep } from 'node:timers/promises';
import { echo, tracing, type Tracing } from './tracing';

const tracer = trace.getTracer('shop-tests', '1.2.3');

class Cart {
  @Subsegment('Cart.load')
  async load<T>(work: () => T): Promise<Awaited<T>> {
    await Promise.resolve();
    return await work();
  }

  @Subsegment('Cart.inner')
  inner<T>(work: () => T): T {
    return work();
  }
}
const cart = new Cart();

/** `name [namespace] (children)`, in the order in which they began. */
function tree({ name, namespace, subsegments = [] }: SubsegmentDocument): string {
  const label = namespace === undefined ? name : `${name} [${namespace}]`;
  return subsegments.length === 0 ? label : `${label} (${subsegments.map(tree).join(', ')})`;
}

let app: Tracing;
beforeAll(async () => {
  app = await tracing({ serviceName: 'shop', indexAttributes: ['cart.*'] });
});
afterAll(() => app.close());

/** What the one subsegment of a request is in its document. */
async function recorded(work: () => unknown): Promise<SubsegmentDocument> {
  const { segment } = await app.request(work);
  expect(segment.subsegments).toHaveLength(1);
  return segment.subsegments![0]!;
}

/** The segment that comes next, of work outside of a request. */
async function nextSegment(work: () => unknown): Promise<SegmentDocument> {
  const before = app.emitter.documents.length;
  await work();
  expect(app.emitter.documents).toHaveLength(before + 1);
  return app.emitter.documents[before]!;
}

describe('the API and decorators', () => {
  it('nest in each other in any order, in fifty concurrent requests', async () => {
    const call = (name: string) =>
      tracer.startActiveSpan(name, { kind: SpanKind.CLIENT }, async (span) => {
        await sleep(Math.random() * 5);
        span.end();
      });
    const work = () =>
      cart.load(() =>
        tracer.startActiveSpan('by the API', async (span) => {
          await cart.inner(() => call('set'));
          span.end();
          return call('get');
        }),
      );
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.request(work)));

    expect(new Set(answers.map(({ segment }) => segment.trace_id)).size).toBe(50);
    expect(new Set(answers.map(({ segment }) => tree(segment)))).toEqual(
      new Set(['shop (Cart.load (by the API (Cart.inner (set [remote]), get [remote])))']),
    );
  });

  it('share one active span: that of the active node', async () => {
    const seen: (string | undefined)[] = [];
    const note = () => seen.push(trace.getActiveSpan()?.spanContext().spanId);
    const { segment } = await app.request(() => {
      note();
      return tracer.startActiveSpan('outer', (outer) => {
        note();
        const result = cart.inner(() => {
          note();
          return tracer.startActiveSpan('innermost', (span) => {
            note();
            span.end();
          });
        });
        note();
        outer.end();
        return result;
      });
    });
    const outer = segment.subsegments![0]!;
    const inner = outer.subsegments![0]!;
    expect(seen).toEqual([segment.id, outer.id, inner.id, inner.subsegments![0]!.id, outer.id]);
  });

  it('have the same context in timers and promises started under a context of the API', async () => {
    const key = createContextKey('basket');
    const seen: unknown[] = [];
    const { segment } = await app.request(() =>
      context.with(context.active().setValue(key, 'apples'), () =>
        cart.load(async () => {
          await new Promise<void>((done) =>
            setTimeout(() => {
              seen.push(context.active().getValue(key));
              tracer.startSpan('in a timer').end();
              done();
            }, 1),
          );
          await Promise.resolve();
          seen.push(context.active().getValue(key), app.service.current?.name);
          tracer.startSpan('in a promise').end();
        }),
      ),
    );
    expect(seen).toEqual(['apples', 'apples', 'Cart.load']);
    expect(tree(segment)).toBe('shop (Cart.load (in a timer, in a promise))');
  });

  it('keep a bound emitter and a bound function in the trace in which they were bound', async () => {
    const { segment } = await app.request(() =>
      cart.load(() => {
        const bound = context.bind(context.active(), () => {
          cart.inner(() => undefined);
          tracer.startSpan('called back').end();
        });
        return new Promise<void>((done) =>
          context.with(ROOT_CONTEXT, () => {
            bound();
            done();
          }),
        );
      }),
    );
    expect(tree(segment)).toBe('shop (Cart.load (Cart.inner, called back))');
  });

  it('allow a span to be passed on explicitly', async () => {
    const { segment } = await app.request(() => {
      const parent = tracer.startSpan('parent');
      const inParent = trace.setSpan(context.active(), parent);
      const child = tracer.startSpan('child', {}, inParent);
      context.with(trace.setSpan(ROOT_CONTEXT, child), () => cart.inner(() => undefined));
      child.end();
      parent.end();
      tracer.startSpan('sibling').end();
    });
    expect(tree(segment)).toBe('shop (parent (child (Cart.inner)), sibling)');
  });
});

describe('a span', () => {
  it('is a subsegment with ids of the trace, and records until it ends', async () => {
    const span = await new Promise<{ id: string; trace: string; open: boolean[] }>((done) => {
      void app.request(() => {
        const made = tracer.startSpan('made');
        const open = [made.isRecording()];
        const { traceId, spanId, traceFlags } = made.spanContext();
        expect(traceFlags).toBe(TraceFlags.SAMPLED);
        made.setAttribute('before', 1);
        made.end();
        made.setAttribute('after', 1);
        made.updateName('too late');
        made.end();
        open.push(made.isRecording());
        done({ id: spanId, trace: traceId, open });
      });
    });
    await sleep(0);
    expect(span.open).toEqual([true, false]);
    const { segment } = await app.request(() => tracer.startSpan('made').end());
    expect(segment.subsegments).toMatchObject([{ name: 'made' }]);
    const first = app.emitter.documents.find(
      ({ trace_id }) => trace_id.replaceAll('-', '') === `1${span.trace}`,
    )!;
    expect(first.subsegments).toMatchObject([
      { id: span.id, name: 'made', metadata: { default: { before: 1 } } },
    ]);
    expect(JSON.stringify(first)).not.toContain('after');
  });

  it('keeps attributes as metadata, indexed ones as annotations, and the user', async () => {
    const node = await recorded(() => {
      const span = tracer.startSpan('priced', { attributes: { 'cart.id': 7, tags: ['a', 'b'] } });
      span.setAttributes({ 'cart.total': 9.5, 'other.key': true, listed: 'yes' });
      span.setAttribute('aws.xray.annotations', ['listed']);
      span.end();
    });
    expect(node.annotations).toEqual({ 'cart.id': 7, 'cart.total': 9.5, listed: 'yes' });
    expect(node.metadata?.default).toEqual({ tags: ['a', 'b'], 'other.key': true });

    const { segment } = await app.request(() =>
      trace.getActiveSpan()!.setAttribute('enduser.id', 'bayko'),
    );
    expect(segment.user).toBe('bayko');
  });

  it('adds to the node that a decorator opened, without ending it', async () => {
    const node = await recorded(() =>
      cart.load(async () => {
        const span = trace.getActiveSpan()!;
        span.setAttribute('cart.id', 'c7').setAttribute('depth', 2);
        span.end();
        expect(span.isRecording()).toBe(true);
        await sleep(1);
      }),
    );
    expect(node).toMatchObject({
      name: 'Cart.load',
      annotations: { 'cart.id': 'c7' },
      metadata: { default: { depth: 2 } },
    });
  });

  it('keeps events and links', async () => {
    const other = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: TraceFlags.SAMPLED,
    };
    const node = await recorded(() => {
      const span = tracer.startSpan('eventful', { links: [{ context: other }] });
      span.addLink({
        context: { ...other, spanId: '00f067aa0ba902b7' },
        attributes: { why: 'batch' },
      });
      span.addEvent('cache.miss', { key: 'cart' });
      span.end();
    });
    expect(node.links).toEqual([
      { trace_id: '1-0af76519-16cd43dd8448eb211c80319c', id: 'b7ad6b7169203331' },
      {
        trace_id: '1-0af76519-16cd43dd8448eb211c80319c',
        id: '00f067aa0ba902b7',
        attributes: { why: 'batch' },
      },
    ]);
    expect(node.metadata?.otel?.events).toMatchObject([
      { name: 'cache.miss', attributes: { key: 'cart' } },
    ]);
  });

  it('is a fault after an exception or the status ERROR, but not after OK', async () => {
    const { segment } = await app.request(() => {
      const thrown = tracer.startSpan('thrown');
      thrown.recordException(new RangeError('kaput'));
      thrown.setStatus({ code: SpanStatusCode.ERROR, message: 'kaput' });
      thrown.end();
      const failed = tracer.startSpan('failed');
      failed.setStatus({ code: SpanStatusCode.ERROR, message: 'no luck' });
      failed.end();
      const refused = tracer.startSpan('refused', { kind: SpanKind.CLIENT });
      refused.setAttribute('error.type', 'MongoServerError');
      refused.setStatus({ code: SpanStatusCode.ERROR, message: 'E11000 duplicate key' });
      refused.end();
      const fine = tracer.startSpan('fine');
      fine.recordException(new Error('handled'));
      fine.setStatus({ code: SpanStatusCode.OK });
      fine.setStatus({ code: SpanStatusCode.ERROR });
      fine.end();
    });
    const [thrown, failed, refused, fine] = segment.subsegments!;
    expect(thrown).toMatchObject({
      fault: true,
      cause: { exceptions: [{ type: 'RangeError', message: 'kaput' }] },
    });
    expect(failed).toMatchObject({
      fault: true,
      cause: { exceptions: [{ message: 'no luck', remote: false }] },
    });
    expect(refused).toMatchObject({
      fault: true,
      cause: {
        exceptions: [{ type: 'MongoServerError', message: 'E11000 duplicate key', remote: true }],
      },
    });
    expect(fine).not.toHaveProperty('fault');
  });

  it('uses the given times', async () => {
    const node = await recorded(() => {
      const start = Date.now() - 5_000;
      tracer
        .startSpan('replayed', { startTime: start })
        .end([Math.floor(start / 1000) + 2, 500_000_000]);
    });
    expect(node.end_time! - Math.floor(node.start_time)).toBeCloseTo(2.5, 3);
  });

  it('is sent on its own if it outlives its request', async () => {
    let late: { end(): void } | undefined;
    const { segment } = await app.request(() => {
      late = tracer.startSpan('late');
    });
    const before = app.emitter.documents.length;
    late!.end();
    expect(app.emitter.documents[before]).toMatchObject({
      type: 'subsegment',
      name: 'late',
      parent_id: segment.id,
    });
  });
});

describe('semantic conventions', () => {
  const call = (attributes: Record<string, string | number>, name = 'call') =>
    recorded(() => tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }).end());

  it('turn HTTP attributes into http, with error and fault as in X-Ray', async () => {
    const node = await call({
      'http.request.method': 'GET',
      'url.full': 'https://pay.test/charge',
      'http.response.status_code': 429,
      'server.address': 'pay.test',
    });
    expect(node).toMatchObject({
      name: 'pay.test',
      namespace: 'remote',
      error: true,
      throttle: true,
      http: {
        request: { method: 'GET', url: 'https://pay.test/charge' },
        response: { status: 429 },
      },
    });
  });

  it('turn database attributes into sql, without literals', async () => {
    const node = await call(
      {
        'db.system': 'mysql',
        'db.name': 'shop',
        'db.statement': `SELECT * FROM carts WHERE id = 7 AND note = "sekret" AND b = 'x\\'y'`,
        'db.connection_string': 'jdbc:mysql://db.test:3306/shop',
        'db.user': 'app',
      },
      'SELECT',
    );
    expect(node).toMatchObject({
      name: 'shop@db.test',
      namespace: 'remote',
      sql: {
        database_type: 'mysql',
        user: 'app',
        sanitized_query: 'SELECT * FROM carts WHERE id = ? AND note = ? AND b = ?',
      },
    });
  });

  it('name a span without a name after its kind and host, and keep the operation', async () => {
    const node = await call(
      { 'db.system': 'redis', 'net.peer.name': 'cache.test', 'db.statement': 'hset cart [2]' },
      'hset',
    );
    expect(node).toMatchObject({
      name: 'redis@cache.test',
      metadata: { otel: { name: 'hset' }, default: { 'db.statement': 'hset cart [2]' } },
    });
  });

  it('name a database after its name and host, whichever attribute has the host', async () => {
    const node = await call({
      'db.system.name': 'mongodb',
      'db.namespace': 'shop',
      'server.address': 'db.test',
    });
    expect(node.name).toBe('shop@db.test');
  });

  it('record a query once that both an ORM and the driver record', async () => {
    const attributes = { 'db.system.name': 'mysql', 'db.query.text': 'SELECT 1' };
    const node = await recorded(() =>
      tracer.startActiveSpan('orm query', { kind: SpanKind.CLIENT, attributes }, (orm) =>
        cart.inner(() => {
          const driver = { ...attributes, 'server.address': 'db.test' };
          tracer.startSpan('SELECT', { kind: SpanKind.CLIENT, attributes: driver }).end();
          orm.end();
        }),
      ),
    );
    expect(tree(node)).toBe('orm query (Cart.inner (mysql@db.test [remote]))');
    expect(node).not.toHaveProperty('sql');
  });

  it('turn attributes of an AWS call into aws', async () => {
    const node = await call(
      {
        'rpc.system': 'aws-api',
        'rpc.service': 'SQS',
        'rpc.method': 'SendMessage',
        'aws.region': 'eu-west-1',
      },
      'SQS.SendMessage',
    );
    expect(node).toMatchObject({
      name: 'SQS',
      namespace: 'aws',
      aws: { operation: 'SendMessage', region: 'eu-west-1' },
    });
  });
});

describe('incoming work', () => {
  const headers = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'vendor=1',
    baggage: 'tenant=t1,plan=free;ttl=60',
  };

  it.each([SpanKind.CONSUMER, SpanKind.SERVER])('is a segment, kind %s', async (kind) => {
    const segment = await nextSegment(() => {
      const from = propagation.extract(ROOT_CONTEXT, headers);
      return tracer.startActiveSpan('orders process', { kind }, from, async (span) => {
        await cart.load(() => sleep(1));
        span.end();
      });
    });
    expect(segment).toMatchObject({
      name: 'shop',
      trace_id: '1-0af76519-16cd43dd8448eb211c80319c',
      parent_id: 'b7ad6b7169203331',
      metadata: { otel: { name: 'orders process' } },
      subsegments: [{ name: 'Cart.load' }],
    });
  });

  it('starts a trace if it has no caller', async () => {
    const segment = await nextSegment(() =>
      tracer.startSpan('poll', { kind: SpanKind.CONSUMER }, ROOT_CONTEXT).end(),
    );
    expect(segment).not.toHaveProperty('parent_id');
  });

  it('is also a segment if messages were fetched and are processed', async () => {
    const attributes = {
      'messaging.operation.type': 'receive',
      'messaging.batch.message_count': 2,
    };
    const segment = await nextSegment(() =>
      tracer.startActiveSpan(
        'poll orders',
        { kind: SpanKind.CLIENT, attributes },
        ROOT_CONTEXT,
        async (span) => {
          await cart.load(() => sleep(1));
          span.end();
        },
      ),
    );
    expect(segment).toMatchObject({ name: 'shop', subsegments: [{ name: 'Cart.load' }] });
  });

  it('is also a segment inside a call that belongs to no trace', async () => {
    const segment = await nextSegment(() =>
      tracer.startActiveSpan('connect', { kind: SpanKind.CLIENT }, ROOT_CONTEXT, (call) => {
        tracer.startSpan('process orders', { kind: SpanKind.CONSUMER }).end();
        call.end();
      }),
    );
    expect(segment).toMatchObject({ name: 'shop', metadata: { otel: { name: 'process orders' } } });
    expect(segment).not.toHaveProperty('parent_id');
  });

  it('is not recorded if its caller is not, and passes that decision on', async () => {
    const before = app.emitter.documents.length;
    const carrier: Record<string, string> = {};
    const from = propagation.extract(ROOT_CONTEXT, {
      traceparent: headers.traceparent.replace(/01$/, '00'),
    });
    tracer.startActiveSpan('quiet', { kind: SpanKind.CONSUMER }, from, (span) => {
      expect(span.isRecording()).toBe(false);
      cart.inner(() => propagation.inject(context.active(), carrier));
      span.end();
    });
    expect(app.emitter.documents).toHaveLength(before);
    expect(carrier).toMatchObject({
      'X-Amzn-Trace-Id': expect.stringMatching(
        /^Root=1-0af76519-16cd43dd8448eb211c80319c;.*Sampled=0$/,
      ),
      traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/),
    });
  });

  it('has its baggage in the API, which is sent on with what was added', async () => {
    const sent: Record<string, string>[] = [];
    const target = await echo();
    await app.request(async () => {
      const call = async () => {
        const answer = await fetch(target.url);
        sent.push(((await answer.json()) as { headers: Record<string, string> }).headers);
      };
      await call();
      const baggage = propagation.getActiveBaggage()!.setEntry('basket', { value: 'große Äpfel' });
      await context.with(propagation.setBaggage(context.active(), baggage), call);
    }, headers);
    await target.close();
    expect(sent.map((each) => each.baggage)).toEqual([
      'tenant=t1,plan=free;ttl=60',
      `tenant=t1,plan=free;ttl=60,basket=${encodeURIComponent('große Äpfel')}`,
    ]);
    expect(sent[0]).toMatchObject({
      traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/),
      tracestate: 'vendor=1',
    });
  });
});

describe('a span that must not be recorded', () => {
  it('records nothing in an unsampled request, but has the right trace id', async () => {
    const traceId = '1-5759e988-bd862e3fe1be46a994272793';
    const header = { 'x-amzn-trace-id': `Root=${traceId};Sampled=0` };
    const before = app.emitter.documents.length;
    const { result } = await app.request(
      () =>
        cart.load(() =>
          tracer.startActiveSpan('quiet', (span) => [
            span.isRecording(),
            span.spanContext().traceFlags,
            span.spanContext().traceId,
            cart.inner(() => trace.getActiveSpan()!.spanContext().traceId),
          ]),
        ),
      header,
    );
    const w3c = traceId.slice(2).replace('-', '');
    expect(result).toEqual([false, TraceFlags.NONE, w3c, w3c]);
    expect(app.emitter.documents).toHaveLength(before);
  });

  it('records nothing if tracing is suppressed', async () => {
    const { segment } = await app.request(() =>
      context.with(suppressTracing(context.active()), () => {
        const span = tracer.startSpan('exporting');
        expect(span.isRecording()).toBe(false);
        span.end();
      }),
    );
    expect(segment).not.toHaveProperty('subsegments');
  });

  it('records nothing for a call that belongs to no trace', () => {
    const before = app.emitter.documents.length;
    const span = tracer.startSpan('PING', { kind: SpanKind.CLIENT }, ROOT_CONTEXT);
    expect(span.isRecording()).toBe(false);
    span.end();
    tracer.startSpan('housekeeping', {}, ROOT_CONTEXT).end();
    expect(app.emitter.documents).toHaveLength(before);
  });
});
