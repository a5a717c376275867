import root from '@opentelemetry/otlp-transformer/build/src/generated/root';
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'TOKEN/EXAMPLE==',
};
export const REGION = 'eu-west-1';

interface Span {
  name: string;
  attributes: { key: string }[];
}

/** A request as X-Ray's endpoint sees it. */
export interface Received {
  status: number;
  reason: string;
  bytes: number;
  largestSpan: number;
  spans: Span[];
}

/**
 * X-Ray's OTLP endpoint as AWS documents it: checks the signature by the request it got, and refuses
 * more than 5 MB, 10,000 spans, or 200 kB in a span.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html
 */
export async function xrayEndpoint() {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const received = receive(request.url!, request.headers, body);
      requests.push(received);
      response.writeHead(received.status, { 'content-type': request.headers['content-type']! });
      response.end(
        received.status === 200 ? undefined : JSON.stringify({ message: received.reason }),
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    url: `http://127.0.0.1:${port}/v1/traces`,
    close: () => new Promise((done) => server.close(done)),
  };
}

function receive(path: string, headers: IncomingHttpHeaders, body: Buffer): Received {
  const raw = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const spans = spansIn(raw, headers['content-type']!);
  const largestSpan = Math.max(0, ...spans.map((span) => JSON.stringify(span).length));
  const received = { bytes: raw.length, largestSpan, spans };
  const refuse = (status: number, reason: string) => ({ ...received, status, reason });
  if (!isSigned(path, headers, body)) return refuse(403, 'The signature does not match');
  if (raw.length > 5 * 1024 * 1024) return refuse(413, 'The request is too large');
  if (spans.length > 10_000) return refuse(400, 'The request has too many spans');
  if (largestSpan > 200 * 1024) return refuse(400, 'A span is too large');
  return refuse(200, '');
}

function spansIn(body: Buffer, type: string): Span[] {
  const { ExportTraceServiceRequest } = (root as any).opentelemetry.proto.collector.trace.v1;
  const { resourceSpans } =
    type === 'application/json'
      ? JSON.parse(body.toString())
      : ExportTraceServiceRequest.toObject(ExportTraceServiceRequest.decode(body));
  return resourceSpans.flatMap(({ scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) => spans),
  );
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function isSigned(path: string, headers: IncomingHttpHeaders, body: Buffer): boolean {
  const { authorization = '', 'x-amz-date': date = '' } = headers as Record<string, string>;
  const [, scope = '', names = '', signature] =
    /Credential=AKIDEXAMPLE\/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)/.exec(authorization) ??
    [];
  const canonical = [
    ...['POST', path, ''],
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    ...['', names, sha256(body)],
  ].join('\n');
  const [day = '', region, service] = scope.split('/');
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [day, REGION, 'xray', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${CREDENTIALS.AWS_SECRET_ACCESS_KEY}`,
  );
  const signed = new Set(names.split(';'));
  return (
    hmac(key, text).toString('hex') === signature &&
    region === REGION &&
    service === 'xray' &&
    signed.has('host') &&
    signed.has('x-amz-security-token') &&
    headers['x-amz-security-token'] === CREDENTIALS.AWS_SESSION_TOKEN &&
    date.startsWith(new Date().toISOString().slice(0, 13).replaceAll('-', ''))
  );
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
