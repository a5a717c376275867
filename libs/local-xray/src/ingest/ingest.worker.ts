import { parentPort, workerData } from 'node:worker_threads';
import type { IngestOptions } from './ingest';
import { IngestEngine } from './ingest-engine';
import type { FromWorker, ToWorker } from './worker-messages';
import { unpack } from './packed-datagrams';

/** The worker's end of {@link WorkerIngest}: one engine, asked by messages. */
const port = parentPort!;
const tell = (message: FromWorker) => port.postMessage(message);

function start(): void {
  let engine: IngestEngine;
  try {
    engine = new IngestEngine(workerData as IngestOptions, {
      counts: (counts) => tell({ kind: 'counts', counts }),
      changed: (traces) => tell({ kind: 'changed', traces }),
    });
  } catch (error) {
    tell({ kind: 'failed', message: (error as Error).message });
    return;
  }
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'datagrams') {
      const datagrams = unpack(message.packed);
      engine.datagrams(datagrams);
      tell({ kind: 'taken', datagrams: datagrams.length });
      return;
    }
    answer(engine, message).then(
      (value) => tell({ kind: 'done', call: message.call, value }),
      (error) => tell({ kind: 'done', call: message.call, error: (error as Error).message }),
    );
  });
  tell({ kind: 'ready' });
}

function answer(
  engine: IngestEngine,
  message: Exclude<ToWorker, { kind: 'datagrams' }>,
): Promise<unknown> {
  switch (message.kind) {
    case 'putTraceSegments':
      return engine.putTraceSegments(message.body);
    case 'otlp':
      return engine.otlp(message.body, message.encoding);
    case 'put':
      return engine.put(message.texts);
    case 'flush':
      return engine.flush();
    case 'change':
      return engine.change(message.changes);
    case 'close':
      // Closed here and not by ending the thread: SQLite's native part must not be in use then.
      return engine.close().finally(() => setImmediate(() => port.close()));
  }
}

start();
