import { serveThread } from '../threads/serve-thread';
import type { Change, IngestOptions } from './ingest';
import { IngestEngine } from './ingest-engine';
import type { OtlpEncoding } from './otlp/read-otlp';
import { unpack } from './packed-datagrams';

/** The writer's thread: one engine, asked by messages. */
serveThread<IngestOptions>((options, tell) => {
  const engine = new IngestEngine(options, {
    counts: (counts) => tell('counts', counts),
    changed: (traces) => tell('changed', traces),
  });
  return {
    handlers: {
      putTraceSegments: ([body]: [Uint8Array]) => engine.putTraceSegments(body),
      otlp: ([body, encoding]: [Uint8Array, OtlpEncoding]) => engine.otlp(body, encoding),
      put: ([texts]: [string[]]) => engine.put(texts),
      flush: () => engine.flush(),
      change: ([changes]: [Change[]]) => engine.change(changes),
      datagrams: ([packed]: [Uint8Array]) => {
        const datagrams = unpack(packed);
        engine.datagrams(datagrams);
        tell('taken', datagrams.length);
      },
    },
    close: () => engine.close(),
  };
});
