// A database of many traces, made once and kept for the query measurements.
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrace, startServer } from './support.mjs';

/** 100,000 traces of three documents, spread over six hours, and one trace of 1,000 segments. */
export async function seeded(traces = Number(process.env.TRACES ?? 100_000)) {
  const folder = join(tmpdir(), 'local-xray-bench-seed');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${traces}.db`);
  const fresh = !existsSync(file);
  const args = ['--retention', '30d,100GB'];
  const server = await startServer({ db: file, args });
  if (!fresh) return server;
  const now = Date.now() / 1000;
  let batch = [];
  const send = async (documents) => {
    const answer = await server.post('/TraceSegments', {
      TraceSegmentDocuments: documents.map((each) => JSON.stringify(each)),
    });
    if (answer.UnprocessedTraceSegments?.length !== 0) throw new Error(JSON.stringify(answer));
  };
  for (let number = 0; number < traces; number++) {
    batch.push(...makeTrace(now - 6 * 3600 + (number / traces) * 6 * 3600, number));
    if (batch.length >= 1500) {
      await send(batch);
      batch = [];
    }
  }
  const [root] = makeTrace(now - 60, 7);
  const large = Array.from({ length: 999 }, (_, at) => {
    const [segment] = makeTrace(now - 60 + at / 100, at);
    return { ...segment, trace_id: root.trace_id, parent_id: root.subsegments[1].id };
  });
  await send([...batch, root, ...large]);
  return server;
}
