import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers as SQS, DynamoDB, SNS and S3 do, as far as their clients look. */
export interface AwsFake {
  /** For the client's constructor. */
  config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
  requests: { target: string; headers: IncomingHttpHeaders }[];
  /** How the next requests fail, first come first served. */
  failures: (number | { status: number; type: string })[];
  close(): Promise<void>;
}

export async function awsFake(): Promise<AwsFake> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { headers } = request;
      fake.requests.push({ target: String(headers['x-amz-target'] ?? request.url), headers });
      response.setHeader('x-amzn-requestid', 'r-1');
      const failure = fake.failures.shift();
      if (failure !== undefined) {
        const { status, type } =
          typeof failure === 'number' ? { status: failure, type: 'ServiceUnavailable' } : failure;
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
        return response.end(JSON.stringify({ __type: `com.amazonaws#${type}`, message: type }));
      }
      if (body.startsWith('Action=Publish')) {
        response.setHeader('content-type', 'text/xml');
        return response.end(
          '<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult>' +
            '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></PublishResponse>',
        );
      }
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      const sqs = String(headers['x-amz-target']).startsWith('AmazonSQS');
      if (!sqs) return response.end('{}');
      const { MessageBody } = JSON.parse(body) as { MessageBody: string };
      const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
      return response.end(JSON.stringify({ MessageId: 'm-1', MD5OfMessageBody }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const fake: AwsFake = {
    config: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
      maxAttempts: 3,
    },
    requests: [],
    failures: [],
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return fake;
}
