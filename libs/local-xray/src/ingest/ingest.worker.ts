import type { MessagePort } from 'node:worker_threads';
import { serveThread } from '../threads/serve-thread';
import type { TraceLogLine } from '../console-api';
import type { Change, IngestOptions, OtlpSignal } from './ingest';
import { IngestEngine } from './ingest-engine';
import type { OtlpEncoding } from './otlp/decode-otlp';
import { unpack } from './packed-datagrams';

/** The writer thread: one engine, controlled by messages. */
serveThread<IngestOptions>((options, tell) => {
  const engine = new IngestEngine(options, {
    counts: (counts) => tell('counts', counts),
    changed: (traces) => tell('changed', traces),
  });
  const ports = new Set<MessagePort>();
  return {
    handlers: {
      putTraceSegments: ([body]: [Uint8Array]) => engine.putTraceSegments(body),
      otlp: ([signal, body, encoding]: [OtlpSignal, Uint8Array, OtlpEncoding]) =>
        engine.otlp(signal, body, encoding),
      putLogs: ([lines]: [TraceLogLine[]]) => engine.putLogs(lines),
      put: ([texts]: [string[]]) => engine.put(texts),
      flush: () => engine.flush(),
      change: ([changes]: [Change[]]) => engine.change(changes),
      datagramsFrom: ([port]: [MessagePort]) => {
        ports.add(port);
        port.on('close', () => ports.delete(port));
        port.on('message', (packed: Uint8Array) => {
          // Deferred, because Node delivers all messages of a port without a pause, and the next batch
          // arrives as soon as this one is accepted: requests would never be handled.
          setImmediate(() => {
            if (!ports.has(port)) return;
            engine.datagrams(unpack(packed));
            port.postMessage(null);
          });
        });
      },
    },
    close: () => {
      for (const port of ports) port.close();
      ports.clear();
      return engine.close();
    },
  };
});
