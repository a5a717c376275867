import { capture } from '../src';
import { trace } from '../src/testing';
import { globMatcher } from '../src/core/glob';
import { safeCopy, snapshot, DEFAULT_REDACTED } from '../src/core/safe-metadata';
import { safeName } from '../src/core/safe-name';
import { framesOf, parseFrame } from '../src/core/stack-frame';
import { parseTraceHeader, parseTraceparent } from '../src/document';
import { documentSpans } from '../src/emitters/otlp/document-to-spans';
import { originForm, pathOf } from '../src/entry/http-block';
import { SegmentName } from '../src/entry/segment-name';
import { remoteRequest } from '../src/instrumentation/outgoing/remote-call';
import { sanitiseSql } from '../src/instrumentation/outgoing/sanitise-sql';

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
  'a query': (text) => sanitiseSql(text),
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
