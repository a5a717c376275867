import { newId, newTraceId, type SegmentDocument } from '@nestjs-xray/document';
import type { Driver } from '../../src/store/driver';
import { openDatabase } from '../../src/store/open-database';
import { TraceWriter } from '../../src/store/trace-writer';
import { T0 } from './trace-samples';

/** Of the same text every time: what a test finds wrong can be found again. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const QUERY = { sql: { sanitized_query: 'SELECT name FROM users WHERE id = $1' } };

/** A database of so many traces over some hours: fast and slow, well and not, some at the same time, some with a hint. */
export function manyTraces(count: number, hours = 5): Driver {
  const driver = openDatabase(':memory:');
  const writer = new TraceWriter(driver);
  const random = randoms(7);
  for (let at = 0; at < count; at++) {
    const start = T0 + Math.floor(random() * hours * 3600 * 4) / 4;
    const seconds = random() < 0.2 ? 0.25 : 10 ** (random() * 5 - 4);
    const dice = random();
    const status = dice < 0.1 ? 500 : dice < 0.2 ? 404 : dice < 0.25 ? 429 : 200;
    const queries = random() < 0.2 ? 20 : 1;
    const document: SegmentDocument = {
      trace_id: newTraceId(),
      id: newId(),
      name: ['shop', 'billing', 'stock'][at % 3]!,
      start_time: start,
      end_time: start + seconds,
      ...(status === 500 && { fault: true }),
      ...(status === 404 && { error: true }),
      ...(status === 429 && { error: true, throttle: true }),
      http: { request: { method: 'GET', url: `http://shop.test/${at % 7}` }, response: { status } },
      annotations: { tenant: `t${at % 10}` },
      subsegments: Array.from({ length: queries }, (_, n) => ({
        id: newId(),
        name: 'users@db.test',
        namespace: 'remote' as const,
        start_time: start + (seconds * n) / queries,
        end_time: start + (seconds * (n + 1)) / queries,
        ...QUERY,
      })),
    };
    writer.put(document, JSON.stringify(document));
    if (at % 500 === 499) writer.commit(true);
  }
  writer.commit(true);
  return driver;
}
