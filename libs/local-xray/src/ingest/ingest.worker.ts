import type { MessagePort } from 'node:worker_threads';
import { serveThread } from '../threads/serve-thread';
import type { TraceLogLine } from '../console-api';
import type { Change, IngestOptions, OtlpSignal } from './ingest';
import { IngestEngine } from './ingest-engine';
import type { OtlpEncoding } from './otlp/decode-otlp';
import { unpack } from './packed-datagrams';

/** The writer's thread: one engine, asked by messages. */
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
          // In a turn of its own: Node hands over what has come to a port without a pause, and the next
          // batch comes as soon as this one is taken, so that requests would never get their turn.
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
