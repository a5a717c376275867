import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parseTraceHeader } from '@nestjs-xray/document';
import { captureAws } from 'nestjs-xray';
import { awsFake, type AwsFake } from './aws-fake';
import { tracing, type Tracing } from './tracing';

/** As in `@aws-sdk/lib-dynamodb`: another client with the same configuration and middleware. */
function documentClientOf(client: DynamoDBClient): DynamoDBClient {
  const prototype = Object.getPrototypeOf(DynamoDBClient.prototype) as object;
  const { config, middlewareStack } = client;
  return Object.assign(Object.create(prototype) as DynamoDBClient, { config, middlewareStack });
}

/** As there: a command of its own name around the plain one. */
class GetCommand extends GetItemCommand {
  readonly clientCommand = new GetItemCommand(this.input);
}

describe('a call of AWS SDK v3', () => {
  let xray: Tracing;
  let aws: AwsFake;
  let sqs: SQSClient;
  let dynamo: DynamoDBClient;

  beforeAll(async () => {
    [xray, aws] = await Promise.all([tracing({ serviceName: 'shop' }), awsFake()]);
    sqs = new SQSClient(aws.config);
    dynamo = new DynamoDBClient(aws.config);
  });
  beforeEach(() => {
    aws.requests.length = 0;
    aws.failures = [];
  });
  afterAll(async () => {
    await aws.close();
    await xray.close();
  });

  const queue = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
  const send = () => sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'secret' }));

  it('is an aws subsegment with service, operation, region, request id and queue', async () => {
    const { result, segment } = await xray.request(send);
    expect(result.MessageId).toBe('m-1');
    expect(segment.subsegments).toHaveLength(1);
    const [call] = segment.subsegments!;
    expect(call).toMatchObject({
      name: 'SQS',
      namespace: 'aws',
      aws: {
        operation: 'SendMessage',
        region: 'eu-west-1',
        request_id: 'r-1',
        queue_url: queue,
        retries: 0,
      },
      http: { response: { status: 200 } },
    });
    expect(call!.subsegments).toBeUndefined();
    expect(JSON.stringify(segment)).not.toContain('secret');
  });

  it('carries the signed trace header, with its id as Parent', async () => {
    const { segment } = await xray.request(send);
    const { headers } = aws.requests[0]!;
    expect(parseTraceHeader(String(headers['x-amzn-trace-id']))).toEqual({
      root: segment.trace_id,
      parent: segment.subsegments![0]!.id,
      sampled: true,
    });
  });

  it.each([
    [
      'DynamoDB',
      () => dynamo.send(new GetItemCommand({ TableName: 'carts', Key: { id: { S: '1' } } })),
      { operation: 'GetItem', table_name: 'carts' },
    ],
    [
      'DynamoDB',
      () =>
        dynamo.send(
          new BatchGetItemCommand({
            RequestItems: { a: { Keys: [{ id: { S: '1' } }] }, b: { Keys: [{ id: { S: '1' } }] } },
          }),
        ),
      { operation: 'BatchGetItem', table_names: ['a', 'b'] },
    ],
    [
      'SNS',
      () =>
        new SNSClient(aws.config).send(
          new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:1:news', Message: 'hi' }),
        ),
      { operation: 'Publish', topic_arn: 'arn:aws:sns:eu-west-1:1:news' },
    ],
    [
      'S3',
      () =>
        new S3Client({ ...aws.config, forcePathStyle: true }).send(
          new GetObjectCommand({ Bucket: 'photos', Key: 'cat.jpg' }),
        ),
      { operation: 'GetObject', bucket_name: 'photos', key: 'cat.jpg' },
    ],
  ])('names the resource of %s', async (name, call, resource) => {
    const { segment } = await xray.request<unknown>(call);
    expect(segment.subsegments).toMatchObject([{ name, namespace: 'aws', aws: resource }]);
  });

  it('names the operation of a document client, also next to its plain client', async () => {
    const plain = new DynamoDBClient(aws.config);
    const get = () => plain.send(new GetItemCommand({ TableName: 'carts', Key: {} }));
    const getDocument = () =>
      documentClientOf(plain).send(new GetCommand({ TableName: 'carts', Key: {} }));
    const { segment } = await xray.request(async () => {
      await get();
      await getDocument();
    });
    expect(segment.subsegments).toMatchObject([
      { name: 'DynamoDB', aws: { operation: 'GetItem', table_name: 'carts' } },
      { name: 'DynamoDB', aws: { operation: 'GetItem', table_name: 'carts' } },
    ]);
  });

  it('counts retries', async () => {
    aws.failures = [503, 503];
    const { segment } = await xray.request(send);
    expect(segment.subsegments).toMatchObject([{ aws: { retries: 2 } }]);
    expect(aws.requests).toHaveLength(3);
  });

  it.each([
    [400, 'ValidationException', { error: true, fault: undefined, throttle: undefined }],
    [400, 'ThrottlingException', { error: true, fault: undefined, throttle: true }],
    [500, 'InternalServerError', { fault: true, error: undefined }],
  ])('marks a %d %s and throws the same error', async (status, type, flags) => {
    aws.failures = Array.from({ length: 3 }, () => ({ status, type }));
    const { result, segment } = await xray.request(() =>
      dynamo
        .send(new GetItemCommand({ TableName: 'carts', Key: { id: { S: '1' } } }))
        .catch((thrown: Error) => thrown.name),
    );
    expect(result).toBe(type);
    const [call] = segment.subsegments!;
    expect(call).toMatchObject({
      cause: { exceptions: [{ type, remote: true }] },
      http: { response: { status } },
    });
    expect([call!.error, call!.fault]).toEqual([
      flags.error,
      'fault' in flags ? flags.fault : undefined,
    ]);
    expect(call!.throttle).toBe((flags as { throttle?: boolean }).throttle);
  });

  it('works with a callback, in the context of its caller', async () => {
    const { result, segment } = await xray.request(
      () =>
        new Promise((done) =>
          sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'x' }), () =>
            done(xray.service.traceId),
          ),
        ),
    );
    expect(result).toBe(segment.trace_id);
    expect(segment.subsegments).toMatchObject([{ name: 'SQS', aws: { request_id: 'r-1' } }]);
  });

  it('keeps 20 concurrent requests apart', async () => {
    const requests = await Promise.all(
      Array.from({ length: 20 }, () => xray.request(() => Promise.all([send(), send()]))),
    );
    const parents = aws.requests.map(
      ({ headers }) => parseTraceHeader(String(headers['x-amzn-trace-id'])).parent,
    );
    const ids = requests.flatMap(({ segment }) => segment.subsegments!.map(({ id }) => id));
    expect(ids).toHaveLength(40);
    expect(parents.sort()).toEqual(ids.sort());
  });

  it('passes on Sampled=0 in a request that is not sampled', async () => {
    await xray.request(send, {
      'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0',
    });
    expect(parseTraceHeader(String(aws.requests[0]!.headers['x-amzn-trace-id']))).toMatchObject({
      sampled: false,
    });
  });

  it('is selected by service and operation', async () => {
    const picky = await tracing({
      serviceName: 'picky',
      capture: {
        http: false,
        aws: ({ service, operation }) => `${service}.${operation}` !== 'SQS.SendMessage',
      },
    });
    const { segment } = await picky.request(async () => {
      await send();
      await dynamo.send(new GetItemCommand({ TableName: 'carts', Key: { id: { S: '1' } } }));
    });
    expect(segment.subsegments).toMatchObject([{ name: 'DynamoDB' }]);
    await picky.close();
  });

  it('is recorded once if its client is also passed to captureAws()', async () => {
    captureAws([SQSClient, dynamo]);
    const { segment } = await xray.request(send);
    expect(segment.subsegments).toHaveLength(1);
  });

  it.each([
    ['another class', class Cart {}],
    ['another object', new Map()],
  ])('throws an error that says what is accepted if %s is passed', (_what, given) => {
    expect(() => captureAws([given])).toThrow(/captureAws\(\) takes clients of AWS SDK v3/);
  });

  it('is recorded as an ordinary HTTP request if it is not selected', async () => {
    const picky = await tracing({
      serviceName: 'picky',
      capture: { aws: ({ operation }) => operation === 'GetItem' },
    });
    const { segment } = await picky.request(async () => {
      await dynamo.send(new GetItemCommand({ TableName: 'carts', Key: { id: { S: '1' } } }));
      await dynamo.send(new ListTablesCommand({}));
    });
    const [picked, other] = segment.subsegments!;
    expect([picked, other]).toMatchObject([{ name: 'DynamoDB' }, { name: '127.0.0.1' }]);
    const { headers } = aws.requests[1]!;
    expect(parseTraceHeader(String(headers['x-amzn-trace-id'])).parent).toBe(other!.id);
    await picky.close();
  });
});
