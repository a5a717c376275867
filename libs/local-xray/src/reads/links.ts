import type { TraceLinks, TraceRow } from '../console-api';
import { revive } from '../store/stored-traces';
import { linksWithin } from '../trace/links';
import type { ReadContext } from './read-context';

/** A trace that very many link to shows the latest; the same for those that it links to. */
const MOST_FROM = 50;
const MOST_TO = 100;

/** Which traces are linked is indexed; what a link says stands in the documents of the trace that has it. */
export async function readLinks(
  { database, traces }: ReadContext,
  traceId: string,
  signal: AbortSignal,
): Promise<TraceLinks> {
  const id = traceId.toLowerCase();
  const targets = database
    .prepare(
      'SELECT t.n FROM links AS l JOIN traces AS t ON t.id = l.target ' +
        `WHERE l.trace = (SELECT n FROM traces WHERE id = ?) LIMIT ${MOST_TO}`,
    )
    .all<{ n: number }>([id]);
  const sources = database
    .prepare(`SELECT trace FROM links WHERE target = ? ORDER BY trace DESC LIMIT ${MOST_FROM}`)
    .all<{ trace: number }>([id]);
  const { total } = database
    .prepare('SELECT count(*) AS total FROM links WHERE target = ?')
    .get<{ total: number }>([id])!;
  const bodies = database.prepare(
    'SELECT body FROM documents WHERE trace = ? AND instr(lower(body), ?) > 0',
  );
  const from: TraceLinks['from'] = [];
  for (const { trace } of sources) {
    const [row] = traces.rows([trace]) as [TraceRow?];
    if (!row) continue;
    const texts = bodies.all<{ body: string }>([trace, id]).map(({ body }) => body);
    const links = revive(texts)
      .flatMap(linksWithin)
      .filter((link) => link.trace_id === id)
      .map(({ id: to, from: { id, name }, attributes }) => ({
        to,
        id,
        name,
        ...(attributes && { attributes }),
      }));
    if (links.length > 0) from.push({ row, links });
    await new Promise(setImmediate);
    signal.throwIfAborted();
  }
  return { to: traces.rows(targets.map(({ n }) => n)), from, fromTotal: total };
}
