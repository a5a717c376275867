import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { LocalXray } from '../src';
import { call, put, sendUdp, start, until, url } from './support/client';

const FIXTURES = join(__dirname, 'fixtures');
const files = (folder: string) => readdirSync(join(FIXTURES, folder)).sort();
const read = (folder: string, name: string) => readFileSync(join(FIXTURES, folder, name));

/** Sends bytes as they were captured, and reads the answer up to the end of the connection. */
function replay(server: LocalXray, request: Buffer): Promise<{ status: number; body: any }> {
  const text = request.toString('latin1').replace(/^connection: keep-alive\r\n/im, '');
  const closing = text.replace('\r\n', '\r\nConnection: close\r\n');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(server.port, '127.0.0.1', () => socket.write(closing, 'latin1'));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      const answer = Buffer.concat(chunks).toString('utf8');
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
      const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
      resolve({ status, body: body.startsWith('{') ? JSON.parse(body) : body });
    });
  });
}

describe('the captured requests', () => {
  let server: LocalXray;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  // In the order of capture. What a later one needs, an earlier one made; the group of the graphs came from elsewhere.
  const expected: Record<string, number> = {
    // The resource that it asks the tags of was never made here.
    '020-http_ListTagsForResource.http': 404,
    // Asks for the insights of a group that was deleted five requests before.
    '019-http_InsightSummaries.http': 400,
  };

  it.each(files('cli'))('of aws-cli are answered: %s', async (name) => {
    const { status, body } = await replay(server, read('cli', name));

    expect({ status, body }).toMatchObject({ status: expected[name] ?? 200 });
  });

  it.each(files('sdk3_otlp'))('of the AWS SDK and OpenTelemetry are answered: %s', async (name) => {
    expect(await replay(server, read('sdk3_otlp', name))).toMatchObject({ status: 200 });
  });

  it.each(files('node').filter((name) => name.endsWith('.http')))(
    'of aws-xray-sdk-core are answered: %s',
    async (name) => {
      expect(await replay(server, read('node', name))).toMatchObject({ status: 200 });
    },
  );

  it('of OpenTelemetry become a segment with its database call below it', async () => {
    await replay(server, read('sdk3_otlp', '009-http_v1_traces.http'));
    const { body } = await call(server, 'Traces', {
      TraceIds: ['1-6b02e8aa-b9d3fa24f583d38596b215b5'],
    });

    expect(body.Traces[0].Segments.map((each: any) => JSON.parse(each.Document))).toMatchObject([
      {
        id: '257ad0888eae795a',
        name: 'unknown_service:node',
        fault: true,
        user: 'bob',
        http: { request: { method: 'GET', url: 'http://127.0.0.1/ok' }, response: { status: 500 } },
        aws: { xray: { sdk: 'opentelemetry for nodejs', sdk_version: '2.12.0' } },
        metadata: { default: { list: ['a', 'b'] } },
        subsegments: [
          {
            id: 'e638870a4309a067',
            name: 'postgresql',
            namespace: 'remote',
            sql: { database_type: 'postgresql', sanitized_query: 'SELECT 1' },
            fault: true,
            cause: {
              exceptions: [
                {
                  type: 'Error',
                  message: 'db gone',
                  remote: true,
                  stack: [{ line: 4 }, { label: 'process.processTicksAndRejections', line: 95 }],
                },
              ],
            },
          },
        ],
      },
    ]);
  });
});

describe('the captured documents', () => {
  let server: LocalXray;
  beforeEach(async () => {
    server = await start();
  });
  afterEach(() => server.close());

  it.each(['flask', 'node'])('of %s all arrive by UDP', async (folder) => {
    const names = files(folder).filter((name) => name.endsWith('.bin'));
    await sendUdp(server, ...names.map((name) => read(folder, name)));

    const status: any = await until(
      async () => (await fetch(url(server, '/console/status'))).json(),
      ({ received, rejected }: any) => received + rejected === names.length,
    );

    expect(status).toMatchObject({ received: names.length, rejected: 0 });
  });

  it.each(files('seed'))(
    "of the article's service come back as they were sent: %s",
    async (name) => {
      const document = JSON.parse(read('seed', name).toString());
      await put(server, document);

      const { body } = await call(server, 'Traces', { TraceIds: [document.trace_id] });

      expect(JSON.parse(body.Traces[0].Segments[0].Document)).toEqual(document);
    },
  );

  it('of the article create its sampling rule', async () => {
    const input = JSON.parse(readFileSync(join(FIXTURES, 'sampling-rule.json'), 'utf8'));

    const { body } = await call(server, 'CreateSamplingRule', input);

    expect(body.SamplingRuleRecord.SamplingRule).toMatchObject({
      ...input.SamplingRule,
      Attributes: {},
      RuleARN: 'arn:aws:xray:us-east-1:000000000000:sampling-rule/backend-flask',
    });
  });
});
