import { idsInText } from '@nestjs-xray/trace';
import type { FoundTraces } from '../console-api';
import type { ReadContext } from './read-context';

/** The number of documents searched before other work may run. */
const SLICE = 2_000;
/** How long to search documents for an id that is not indexed. */
const MOST_MS = 2_000;
const MOST_FOUND = 20;

/**
 * The traces that a text names: by their ids, else by those of their segments and subsegments.
 *
 * Only ids of traces are indexed. One of a subsegment inside a document is searched for in the documents
 * themselves, the newest first, as long as a person waits.
 */
export async function readFind(
  context: ReadContext,
  text: string,
  signal: AbortSignal,
): Promise<FoundTraces> {
  const { traces, spans } = idsInText(text);
  const { database } = context;
  const byId = database.prepare('SELECT n FROM traces WHERE id = ?');
  const numbers = traces
    .slice(0, MOST_FOUND)
    .flatMap((id) => byId.get<{ n: number }>([id])?.n ?? []);
  let complete = true;
  if (traces.length === 0 && spans.length > 0) {
    const found = await traceOf(context, spans, signal);
    numbers.push(...found.numbers);
    complete = found.complete;
  }
  const bodies = database.prepare('SELECT body FROM documents WHERE trace = ?');
  const found = numbers.map((n) => {
    const [row] = context.traces.rows([n]);
    const texts = bodies.all<{ body: string }>([n]).map(({ body }) => body);
    const segment = spans.find((id) => texts.some((each) => each.includes(`"${id}"`)));
    return row && { row, ...(segment !== undefined && { segment }) };
  });
  return { traces: found.filter((each) => each !== undefined), named: traces, spans, complete };
}

/** The newest trace that contains one of the ids. */
async function traceOf(
  { database }: ReadContext,
  spans: string[],
  signal: AbortSignal,
): Promise<{ numbers: number[]; complete: boolean }> {
  const ids = spans.slice(0, MOST_FOUND);
  const where = ids.map(() => 'instr(body, ?) > 0').join(' OR ');
  const slice = database.prepare(
    `SELECT trace FROM documents WHERE n > ? AND n <= ? AND (${where}) ORDER BY n DESC LIMIT 1`,
  );
  const end = performance.now() + MOST_MS;
  let last =
    database.prepare('SELECT max(n) AS n FROM documents').get<{ n: number | null }>()?.n ?? 0;
  while (last > 0) {
    const values = [last - SLICE, last, ...ids.map((id) => `"${id}"`)];
    const found = slice.get<{ trace: number }>(values);
    if (found) return { numbers: [found.trace], complete: true };
    last -= SLICE;
    if (last > 0 && performance.now() > end) return { numbers: [], complete: false };
    await new Promise(setImmediate);
    signal.throwIfAborted();
  }
  return { numbers: [], complete: true };
}
