import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

export const TRACE_HEADERS = ['x-amzn-trace-id', 'traceparent', 'tracestate', 'baggage'];

/** The trace headers of another service, as Node and HTTP/2 spell them. */
export function traceHeaders(sampled = true) {
  const traceId = randomBytes(16).toString('hex');
  const parent = randomBytes(8).toString('hex');
  const root = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
  return {
    'x-amzn-trace-id': `Root=${root};Parent=${parent};Sampled=${Number(sampled)}`,
    traceparent: `00-${traceId}-${parent}-0${Number(sampled)}`,
    tracestate: `caller=${parent}`,
  };
}

/** What trace headers say: each may be there once, however it is spelled. */
export function whatTheySay(headers) {
  const said = {};
  for (const [spelled, value] of headers) {
    const name = spelled.toLowerCase();
    if (!TRACE_HEADERS.includes(name)) continue;
    assert.ok(!(name in said), `${name} is there twice: ${JSON.stringify(headers)}`);
    said[name] = value;
  }
  return said;
}
