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

  it('sends subsegments of the invocation that is on, and no segment', async () => {
    for (const [header, root, parent] of [
      [first, '1-5759e988-bd862e3fe1be46a994272793', '53995c3f42cd8ad8'],
      [second, '1-5759e989-bd862e3fe1be46a994272793', '53995c3f42cd8ad9'],
    ] as const) {
      xray.emitter.documents.length = 0;
      const { documents } = await invoke(header, () => {
        xray.service.capture('outer', () => xray.service.capture('inner', () => undefined));
        xray.service.capture('next', () => undefined);
      });
      const alone = { type: 'subsegment', trace_id: root, parent_id: parent };
      expect(documents).toMatchObject([
        { ...alone, name: 'outer', subsegments: [{ name: 'inner' }] },
        { ...alone, name: 'next' },
      ]);
    }
  });

  it('sends one that outlives the invocation when it is done', async () => {
    let finish = () => {};
    const { documents } = await invoke(first, () => {
      void xray.service.capture('late', () => new Promise<void>((done) => (finish = done)));
    });
    expect(documents).toEqual([]);
    finish();
    while (xray.emitter.documents.length === 0) await new Promise((turn) => setImmediate(turn));
    expect(xray.emitter.documents).toMatchObject([
      { name: 'late', parent_id: '53995c3f42cd8ad8', end_time: expect.any(Number) },
    ]);
  });

  it('passes the trace on to whom it calls', async () => {
    const { result, documents } = await invoke(first, async () => {
      const { headers } = (await (await fetch(server.url)).json()) as {
        headers: Record<string, string>;
      };
      return headers['x-amzn-trace-id'];
    });
    expect(parseTraceHeader(result)).toEqual({
      root: '1-5759e988-bd862e3fe1be46a994272793',
      parent: documents[0]!.id,
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
