import { Segment } from 'nestjs-xray';
import { tracing, type Tracing } from './tracing';

const TRACE = '1-5759e988-bd862e3fe1be46a994272793';
const header = (id: string) => `Root=${TRACE};Parent=${id};Sampled=1`;

class Consumer {
  @Segment('one')
  one(_message: unknown): void {}

  @Segment('batch')
  batch(_messages: unknown): void {}
}
const consumer = new Consumer();

let app: Tracing;
const warnings: string[] = [];
beforeAll(async () => {
  app = await tracing({ serviceName: 'shop', logger: { warn: (text) => warnings.push(text) } });
});
afterAll(() => app.close());

/** The links of the segment that `work` leaves. */
function links(work: () => unknown): unknown {
  const before = app.emitter.documents.length;
  work();
  return app.emitter.documents[before]?.links;
}

describe('a segment', () => {
  it.each<[string, Parameters<Tracing['service']['link']>[0]]>([
    ['an X-Amzn-Trace-Id header', header('00f067aa0ba902b7')],
    ['a traceparent', '00-5759e988bd862e3fe1be46a994272793-00f067aa0ba902b7-01'],
    ['ids', { traceId: TRACE, id: '00f067aa0ba902b7' }],
  ])('is linked by %s, called anywhere in it', async (_name, target) => {
    const { segment } = await app.request(() =>
      app.service.capture('inside', () => app.service.link(target)),
    );
    expect(segment.links).toEqual([{ trace_id: TRACE, id: '00f067aa0ba902b7' }]);
  });

  it('is not linked to an invalid target, which is logged', async () => {
    const { segment } = await app.request(() => app.service.link('Root=nonsense'));

    expect(segment).not.toHaveProperty('links');
    expect(warnings).toContainEqual(expect.stringContaining('"Root=nonsense" names no segment'));
  });

  it('has each link once, and at most twenty links', async () => {
    const { segment } = await app.request(() => {
      for (let at = 0; at < 50; at++) {
        app.service.link({ traceId: TRACE, id: (at >> 1).toString(16).padStart(16, '0') });
      }
    });
    expect(segment.links).toHaveLength(20);
    expect(new Set(segment.links!.map(({ id }) => id)).size).toBe(20);
    expect(warnings).toContainEqual(expect.stringContaining('beyond the first 20'));
  });
});

describe('@Segment', () => {
  const sqs = (id: string) => ({ Body: '{}', Attributes: { AWSTraceHeader: header(id) } });

  it('links to the sender of an SQS message', () => {
    expect(links(() => consumer.one(sqs('00f067aa0ba902b7')))).toEqual([
      { trace_id: TRACE, id: '00f067aa0ba902b7' },
    ]);
  });

  it.each<[string, unknown]>([
    ['a list', [sqs('000000000000000a'), { Body: 'untraced' }, sqs('000000000000000b')]],
    ['an answer', { Messages: [sqs('000000000000000a'), sqs('000000000000000b')] }],
    [
      'an event of Lambda',
      {
        Records: ['000000000000000a', '000000000000000b'].map((id) => ({
          body: '{}',
          attributes: { AWSTraceHeader: header(id) },
        })),
      },
    ],
    [
      'messages with a traceparent',
      ['000000000000000a', '000000000000000b'].map((id) => ({
        MessageAttributes: {
          traceparent: { StringValue: `00-5759e988bd862e3fe1be46a994272793-${id}-01` },
        },
      })),
    ],
  ])('links to each message of a batch: %s', (_name, messages) => {
    expect(links(() => consumer.batch(messages))).toEqual([
      { trace_id: TRACE, id: '000000000000000a' },
      { trace_id: TRACE, id: '000000000000000b' },
    ]);
  });

  it.each([undefined, null, 7, 'text', {}, { Attributes: null }, { Messages: 'none' }, [null]])(
    'accepts an argument that is not a message: %j',
    (value) => {
      expect(links(() => consumer.one(value))).toBeUndefined();
    },
  );

  it('works if a getter throws', () => {
    const hostile = {
      get Messages(): never {
        throw new Error('no');
      },
    };
    expect(() => consumer.one(hostile)).not.toThrow();
  });
});
