import { AsyncLocalStorage } from 'node:async_hooks';
import { parseTraceHeader } from '@nestjs-xray/document';
import { echo, tracing, type Tracing } from './tracing';

const first =
  'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:0';
const second = 'Root=1-5759e989-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad9;Sampled=1';

describe('on AWS Lambda', () => {
  let xray: Tracing;
  let server: Awaited<ReturnType<typeof echo>>;

  beforeAll(async () => {
    process.env.LAMBDA_TASK_ROOT = '/var/task';
    [xray, server] = await Promise.all([tracing({ serviceName: 'function' }), echo()]);
  });
  afterAll(async () => {
    delete process.env.LAMBDA_TASK_ROOT;
    delete process.env._X_AMZN_TRACE_ID;
    await Promise.all([xray.close(), server.close()]);
  });
  beforeEach(() => void (xray.emitter.documents.length = 0));

  const invoke = async <T>(header: string | undefined, work: () => T) => {
    if (header === undefined) delete process.env._X_AMZN_TRACE_ID;
    else process.env._X_AMZN_TRACE_ID = header;
    const { result } = await xray.request(work, {}, 'without a segment');
    return { result, documents: [...xray.emitter.documents] };
  };

  const alone = (root: string, parent: string) => ({
    type: 'subsegment',
    trace_id: root,
    parent_id: parent,
  });

  it('sends one subsegment of the current invocation, and no segment', async () => {
    for (const [header, root, parent] of [
      [first, '1-5759e988-bd862e3fe1be46a994272793', '53995c3f42cd8ad8'],
      [second, '1-5759e989-bd862e3fe1be46a994272793', '53995c3f42cd8ad9'],
    ] as const) {
      xray.emitter.documents.length = 0;
      const { documents } = await invoke(header, () => {
        xray.service.capture('outer', () => xray.service.capture('inner', () => undefined));
        xray.service.capture('next', () => undefined);
      });
      expect(documents).toMatchObject([
        {
          ...alone(root, parent),
          name: 'function',
          id: expect.not.stringMatching(parent),
          http: { response: { status: 200 } },
          subsegments: [{ name: 'outer', subsegments: [{ name: 'inner' }] }, { name: 'next' }],
        },
      ]);
      expect(documents[0]).not.toHaveProperty('service');
    }
  });

  it('records on it what is otherwise on the root, and whether the start was cold', async () => {
    const { documents } = await invoke(first, () => {
      xray.service.annotate('order', 42);
      xray.service.setUser('ada');
      xray.service.current?.addError(new Error('out of stock'));
    });
    expect(documents).toMatchObject([
      {
        annotations: { order: 42, user: 'ada', ColdStart: false },
        cause: { exceptions: [{ message: 'out of stock' }] },
      },
    ]);
    expect(documents[0]).not.toHaveProperty('user');
  });

  it('sends what outlives the invocation when it has ended', async () => {
    let finish = () => {};
    const { documents } = await invoke(first, () => {
      void xray.service.capture('late', () => new Promise<void>((done) => (finish = done)));
    });
    expect(documents).toMatchObject([{ subsegments: [{ name: 'late', in_progress: true }] }]);
    finish();
    while (xray.emitter.documents.length === 1) await new Promise((turn) => setImmediate(turn));
    expect(xray.emitter.documents[1]).toMatchObject({
      name: 'late',
      parent_id: documents[0]!.id,
      end_time: expect.any(Number),
    });
  });

  describe('with several invocations at once', () => {
    const invocation = new AsyncLocalStorage<string>();
    beforeAll(() => {
      const InvokeStore = { getXRayTraceId: () => invocation.getStore() };
      Object.assign(globalThis, { awslambda: { InvokeStore } });
    });
    afterAll(() => void Reflect.deleteProperty(globalThis, 'awslambda'));

    it.each([
      ['without the variable', undefined],
      ['with the variable of another one', second],
    ])('uses the header of each invocation, %s', async (_what, variable) => {
      if (variable === undefined) delete process.env._X_AMZN_TRACE_ID;
      else process.env._X_AMZN_TRACE_ID = variable;
      const ids = ['1', '2', '3', '4'];
      await Promise.all(
        ids.map((n) =>
          invocation.run(`Root=1-5759e988-${n.repeat(24)};Parent=${n.repeat(16)};Sampled=1`, () =>
            xray.service.captureSegment(`job ${n}`, async () => {
              await new Promise((turn) => setTimeout(turn, 10 * (5 - Number(n))));
              xray.service.annotate('n', n);
            }),
          ),
        ),
      );
      const sent = [...xray.emitter.documents].sort((a, b) => a.name.localeCompare(b.name));
      expect(sent).toMatchObject(
        ids.map((n) => ({
          ...alone(`1-5759e988-${n.repeat(24)}`, n.repeat(16)),
          name: `job ${n}`,
          annotations: { n },
        })),
      );
    });
  });

  describe("with Lambda's Web Adapter, which sets no variable", () => {
    beforeEach(() => void delete process.env._X_AMZN_TRACE_ID);
    const header = { 'x-amzn-trace-id': second };

    it("belongs to the invocation that the request's header names", async () => {
      await xray.request(() => undefined, header, 'without a segment');
      expect(xray.emitter.documents).toMatchObject([
        alone('1-5759e989-bd862e3fe1be46a994272793', '53995c3f42cd8ad9'),
      ]);
    });

    it("does not let a gateway's header hide the invocation's", async () => {
      process.env._X_AMZN_TRACE_ID = first;
      const gateway = { 'x-amzn-trace-id': 'Root=1-5759e999-bd862e3fe1be46a994272793' };
      await xray.request(() => undefined, gateway, 'without a segment');
      expect(xray.emitter.documents).toMatchObject([
        alone('1-5759e988-bd862e3fe1be46a994272793', '53995c3f42cd8ad8'),
      ]);
    });

    it('records nothing for a header that has only a Root', async () => {
      const gateway = { 'x-amzn-trace-id': 'Root=1-5759e999-bd862e3fe1be46a994272793' };
      await xray.request(() => undefined, gateway, 'without a segment');
      expect(xray.emitter.documents).toEqual([]);
    });
  });

  it('passes the trace on to called services', async () => {
    const { result, documents } = await invoke(first, async () => {
      const { headers } = (await (await fetch(server.url)).json()) as {
        headers: Record<string, string>;
      };
      return headers['x-amzn-trace-id'];
    });
    expect(parseTraceHeader(result)).toEqual({
      root: '1-5759e988-bd862e3fe1be46a994272793',
      parent: documents[0]!.subsegments![0]!.id,
      sampled: true,
      extra: 'Lineage=a:0',
    });
  });

  it.each([
    ['not sampled', first.replace('Sampled=1', 'Sampled=0')],
    ['without a header', undefined],
    ['with a malformed header', 'Root=nonsense'],
  ])('records nothing in an invocation %s', async (_what, header) => {
    const { documents } = await invoke(header, () => xray.service.capture('step', () => undefined));
    expect(documents).toEqual([]);
  });
});
