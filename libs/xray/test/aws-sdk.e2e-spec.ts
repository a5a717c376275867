import 'nestjs-xray/aws-sdk';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import http, { type IncomingMessage } from 'node:http';
import { parseTraceHeader } from '@nestjs-xray/document';
import type { SegmentDocument, SubsegmentDocument } from 'nestjs-xray';
import { awsFake, type AwsFake } from './aws-fake';
import { echo, tracing, type Tracing } from './tracing';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const AWSXRay = require('aws-xray-sdk-core');

const UNSAMPLED = { 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0' };
const queue = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';

type Document = SegmentDocument | SubsegmentDocument;
/** `name(child,child(grandchild))` */
const shape = ({ name, subsegments = [] }: Document): string =>
  subsegments.length === 0 ? name : `${name}(${subsegments.map(shape).join(',')})`;
const all = (node: Document): Document[] => [node, ...(node.subsegments ?? []).flatMap(all)];

describe("AWS's SDK together with this package", () => {
  let xray: Tracing;
  let aws: AwsFake;
  let server: Awaited<ReturnType<typeof echo>>;
  let sqs: SQSClient;
  let dynamo: DynamoDBClient;

  // Node's modules are the same ones in the next test file.
  const { request, get: getOf } = http;
  beforeAll(async () => {
    AWSXRay.captureHTTPsGlobal(http);
    [xray, aws, server] = await Promise.all([tracing({ serviceName: 'shop' }), awsFake(), echo()]);
    sqs = AWSXRay.captureAWSv3Client(new SQSClient(aws.config));
    dynamo = AWSXRay.captureAWSv3Client(new DynamoDBClient(aws.config));
  });
  beforeEach(() => {
    aws.requests.length = 0;
    aws.failures = [];
  });
  afterAll(async () => {
    Object.assign(http, { request, get: getOf });
    await Promise.all([aws.close(), server.close()]);
    await xray.close();
  });

  const sendMessage = () =>
    sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'hello' }));
  const getItem = () =>
    dynamo.send(new GetItemCommand({ TableName: 'carts', Key: { id: { S: '1' } } }));
  const get = () =>
    new Promise<Record<string, string>>((done, fail) => {
      http
        .get(server.url, (response: IncomingMessage) => {
          let text = '';
          response.on('data', (chunk) => (text += String(chunk)));
          response.on('end', () => done(JSON.parse(text).headers));
        })
        .on('error', fail);
    });
  const fetched = async () => {
    const { headers } = (await (await fetch(server.url)).json()) as {
      headers: Record<string, string>;
    };
    return headers;
  };

  it('sees our segment and our subsegments as its own', async () => {
    const { segment } = await xray.request(async () => {
      const root = AWSXRay.getSegment();
      expect(root).toBe(xray.service.current);
      expect(root).toBeInstanceOf(AWSXRay.Segment);
      expect(root).not.toBeInstanceOf(AWSXRay.Subsegment);
      expect(root.segment).toBeUndefined();
      root.addAnnotation('by', 'sdk');
      await xray.service.capture('ours', async () => {
        const subsegment = AWSXRay.getSegment();
        expect(subsegment).toBe(xray.service.current);
        expect(subsegment).toBeInstanceOf(AWSXRay.Subsegment);
        subsegment.addMetadata('key', 'value');
        subsegment.addAttribute('traced', true);
      });
    });
    expect(segment.annotations).toMatchObject({ by: 'sdk' });
    expect(segment.subsegments).toMatchObject([
      { name: 'ours', traced: true, metadata: { default: { key: 'value' } } },
    ]);
  });

  it('nests its subsegments below ours, and ours below its own', async () => {
    const { result, segment } = await xray.request(() =>
      xray.service.capture('ours', () =>
        AWSXRay.captureAsyncFunc('theirs', async (theirs: any) => {
          await xray.service.capture('inner', async () => {
            AWSXRay.captureFunc('innermost', () => undefined);
          });
          expect(AWSXRay.getSegment()).toBe(theirs);
          theirs.close();
          return 'done';
        }),
      ),
    );
    expect(result).toBe('done');
    expect(shape(segment)).toBe('shop(ours(theirs(inner(innermost))))');
    expect(all(segment).every(({ end_time }) => end_time! > 0)).toBe(true);
  });

  it('restores the context after what it captured', async () => {
    const { segment } = await xray.request(async () => {
      AWSXRay.captureFunc('first', () => undefined);
      AWSXRay.captureFunc('second', () => undefined);
      try {
        AWSXRay.captureFunc('third', () => {
          throw new Error('no');
        });
      } catch {
        // That is what it was for.
      }
      await AWSXRay.captureAsyncFunc('fourth', async (sub: any) => {
        await new Promise((turn) => setImmediate(turn));
        sub.close();
      });
      expect(AWSXRay.getSegment()).toBe(xray.service.current);
      xray.service.capture('fifth', () => undefined);
    });
    expect(shape(segment)).toBe('shop(first,second,third,fourth,fifth)');
    expect(segment.subsegments![2]).toMatchObject({
      fault: true,
      cause: { exceptions: [{ message: 'no' }] },
    });
  });

  it('closes what is awaited after capturePromise()', async () => {
    const own = Object.getOwnPropertyDescriptors(Promise.prototype);
    AWSXRay.capturePromise();
    try {
      const { segment } = await xray.request(async () => {
        await xray.service.capture('ours', async () => Promise.resolve());
        await xray.service.capture('handed on', () => Promise.resolve());
      });
      expect(shape(segment)).toBe('shop(ours,handed on)');
      expect(segment.subsegments!.every(({ end_time }) => end_time)).toBe(true);
    } finally {
      void Object.defineProperties(Promise.prototype, own);
    }
  });

  it('accepts subsegments created by its constructor', async () => {
    const { segment } = await xray.request(() => {
      const made = new AWSXRay.Subsegment('made');
      AWSXRay.getSegment().addSubsegment(made);
      made.addNewSubsegment('child').close();
      made.addAnnotation('a', 1);
      made.close(new Error('late'), true);
    });
    expect(shape(segment)).toBe('shop(made(child))');
    expect(segment.subsegments).toMatchObject([
      { annotations: { a: 1 }, cause: { exceptions: [{ message: 'late', remote: true }] } },
    ]);
  });

  it('accepts segments created by its constructor', async () => {
    xray.emitter.documents.length = 0;
    AWSXRay.getNamespace().run(() => {
      const segment = new AWSXRay.Segment('job');
      AWSXRay.setSegment(segment);
      xray.service.capture('step', () => undefined);
      segment.close();
    });
    expect(xray.service.current).toBeUndefined();
    expect(xray.emitter.documents.map(shape)).toEqual(['job(step)']);
  });

  it.each([
    ['captureAWSv3Client under the segment itself', () => sendMessage(), 'shop(SQS)'],
    [
      'captureAWSv3Client under a subsegment',
      () => xray.service.capture('ours', () => getItem()),
      'shop(ours(DynamoDB))',
    ],
    ['captureHTTPsGlobal', () => get(), 'shop(127.0.0.1)'],
  ])('records a call once: %s', async (_what, call, expected) => {
    const { segment } = await xray.request<unknown>(call);
    expect(shape(segment)).toBe(expected);
    for (const node of all(segment)) expect(node.in_progress).toBeUndefined();
  });

  it('fills in the aws block', async () => {
    const { segment } = await xray.request(sendMessage);
    expect(segment.subsegments).toMatchObject([
      {
        name: 'SQS',
        namespace: 'aws',
        aws: { operation: 'SendMessage', region: 'eu-west-1', queue_url: queue },
      },
    ]);
  });

  it.each([
    ['sendMessage', () => sendMessage()],
    ['getItem, in a subsegment', () => AWSXRay.captureAsyncFunc('x', () => getItem())],
    ['http.get', () => get()],
    ['fetch', () => fetched()],
  ])(
    'passes on Sampled=0 and records nothing if the request is not sampled: %s',
    async (_what, call) => {
      xray.emitter.documents.length = 0;
      const { result } = await xray.request(
        call as () => Promise<Record<string, string>>,
        UNSAMPLED,
      );
      const header = aws.requests[0]?.headers['x-amzn-trace-id'] ?? result['x-amzn-trace-id'];
      expect(parseTraceHeader(String(header))).toMatchObject({
        root: '1-5759e988-bd862e3fe1be46a994272793',
        sampled: false,
        parent: expect.stringMatching(/^[0-9a-f]{16}$/),
      });
      expect(xray.emitter.documents).toEqual([]);
    },
  );

  it('keeps every call of 20 concurrent requests under its parent, with its header', async () => {
    const requests = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        xray.request(async () => {
          const headers = await Promise.all(
            ['a', 'b'].map((name) =>
              AWSXRay.captureAsyncFunc(`${name}${n}`, async (sub: any) => {
                await sendMessage();
                const seen = [await get(), await fetched()];
                await xray.service.capture('ours', () => getItem());
                sub.close();
                return seen;
              }),
            ),
          );
          return headers.flat() as Record<string, string>[];
        }),
      ),
    );
    const sent = aws.requests.map(({ headers }) =>
      parseTraceHeader(String(headers['x-amzn-trace-id'])),
    );
    requests.forEach(({ result, segment }, n) => {
      const one = (name: string) => `${name}${n}(SQS,127.0.0.1,127.0.0.1,ours(DynamoDB))`;
      expect(shape(segment)).toBe(`shop(${one('a')},${one('b')})`);
      const nodes = all(segment);
      const calls = nodes.filter(({ name }) => /SQS|DynamoDB|127/.test(name));
      const told = [...result.map((each) => parseTraceHeader(each['x-amzn-trace-id'])), ...sent];
      const mine = told.filter(({ root }) => root === segment.trace_id);
      expect(mine.map(({ parent }) => parent).sort()).toEqual(calls.map(({ id }) => id).sort());
    });
  });

  it('records a query of aws-xray-sdk-postgres once', async () => {
    const pg = createRequire(join(process.cwd(), 'package.json'))('pg');
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    require('aws-xray-sdk-postgres')(pg);
    try {
      const client = new pg.Client({ host: 'db.internal', database: 'shop', user: 'me' });
      const { segment } = await xray.request(() => void client.query('select 1').catch(() => {}));
      expect(segment.subsegments).toMatchObject([
        {
          name: 'shop@db.internal',
          namespace: 'remote',
          sql: { url: 'postgresql://db.internal:5432/shop', user: 'me' },
        },
      ]);
    } finally {
      pg.Client.prototype.query = pg.Client.prototype.__query;
      delete pg.Client.prototype.__query;
    }
  });
});
