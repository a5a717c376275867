import { SpanKind } from '@opentelemetry/api';
import { capture, capturePg } from '../src';
import { MemoryEmitter, trace } from '../src/testing';
import { storage } from '../src/core/context';
import { globMatcher } from '../src/core/glob';
import { OutgoingPolicy } from '../src/core/outgoing';
import { Recorder } from '../src/core/recorder';
import { safeCopy, snapshot, DEFAULT_REDACTED } from '../src/core/safe-metadata';
import { safeName } from '../src/core/safe-name';
import { framesOf, parseFrame } from '../src/core/stack-frame';
import { Subsegment } from '../src/core/subsegment';
import { parseTraceHeader, parseTraceparent } from '../src/document';
import { documentSpans } from '../src/emitters/otlp/document-to-spans';
import { originForm, pathOf } from '../src/entry/http-block';
import { SegmentName } from '../src/entry/segment-name';
import { remoteRequest } from '../src/instrumentation/outgoing/remote-call';
import { describeNode } from '../src/opentelemetry/span-document';

/** Throws `thrown` in a traced call, which records it. */
function record(thrown: unknown) {
  return trace(() => {
    try {
      capture('work', () => {
        throw thrown;
      });
    } catch {
      // As a caller would.
    }
  }).segment;
}

const renamed = (name: string) => Object.assign(new Error('x'), { name });
const reworded = (text: string) => Object.assign(new Error(text), { message: 'changed since' });
/** A driver that only takes queries. */
class Client {
  query(_text: string): Promise<void> {
    return Promise.resolve();
  }
}
capturePg([{ Client }]);
const client = new Client();
const recorder = new Recorder({
  emitter: new MemoryEmitter(),
  sampler: { decide: () => ({ sampled: true }) },
  logger: { warn: () => undefined },
  outgoing: new OutgoingPolicy({}),
});

/** Does `work` in a segment and returns its document. */
function inSegment(work: (segment: Parameters<typeof describeNode>[0]) => unknown) {
  const segment = recorder.open({ serviceName: 'shop' });
  if (segment.notTraced) throw new Error('The segment was not sampled.');
  storage.run(segment, () => work(segment));
  return segment.toText();
}

/** What the OpenTelemetry bridge makes of a query's span. */
const query = (system: string, name: string) => (text: string) =>
  inSegment((segment) => {
    const attributes = new Map<string, unknown>([
      ['db.system', system],
      [name, text],
    ]);
    describeNode(new Subsegment('query', segment), { attributes, kind: SpanKind.CLIENT } as never);
  });

const named = new SegmentName({ serviceName: 'shop', dynamicNaming: '*.a*b*.example' });
const glob = globMatcher('/a*/b?c/*:1*');

/** Everything in this library that reads text which users or other programs have written. */
export const readers: Record<string, (text: string) => unknown> = {
  'a line of a stack': (text) => parseFrame(`at ${text}`),
  'a stack after its message': (text) => framesOf(`Error: ${text}\n    at f (/app/a.js:1:2)`, text),
  'a stack of another message': (text) => framesOf(`Error: ${text}\n    at f (/a.js:1:2)`, 'y'),
  'a thrown error': (text) => record(new Error(text)),
  'the name of an error': (text) => record(renamed(text)),
  'an error that was reworded': (text) => record(reworded(text)),
  'a thrown string': (text) => record(text),
  'a thrown object': (text) => record({ [text]: text }),
  'a value of metadata': (text) => safeCopy({ [text]: [text, new Map([[text, text]])] }),
  'a value as it is recorded': (text) => snapshot({ [text]: text }, DEFAULT_REDACTED),
  'a name': (text) => safeName(text),
  'an annotation': (text) => trace(() => capture('x', (node) => node?.addAnnotation(text, text))),
  'a query through pg': (text) => inSegment(() => client.query(text)),
  'a span of PostgreSQL': query('postgresql', 'db.query.text'),
  'a span of MySQL': query('mysql', 'db.statement'),
  'a span of MongoDB': query('mongodb', 'db.statement'),
  'text for a glob': (text) => glob(text),
  'the trace header': (text) => parseTraceHeader(text),
  traceparent: (text) => parseTraceparent(text),
  'the path of a request': (text) => [pathOf(`/${text}`), pathOf(text), originForm(text)],
  'a Host header': (text) => named.of(text),
  'where a call goes': (text) => remoteRequest('GET', 'http://a.example', `/${text}`),
  'what OTLP makes of a document': (text) =>
    documentSpans({
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      id: '53995c3f42cd8ad8',
      name: 'db@host',
      start_time: 1,
      end_time: 2,
      sql: { sanitized_query: text, url: text },
      http: { request: { url: text } },
    }),
};
