import { writeJson } from '@nestjs-xray/document';
import type { Trace } from '../console-api';
import { stitch } from '../trace/stitch';
import { revive } from '../store/stored-traces';
import type { ReadContext } from './read-context';
import type { TraceDocuments } from './trace-reads';

export function readTrace({ traces, logs }: ReadContext, traceId: string): Trace | null {
  const id = traceId.toLowerCase();
  const found = traces.texts(id);
  if (!found) return null;
  const { texts, full, duration, revision } = found;
  return {
    id,
    duration,
    ...stitch(revive(texts)),
    revision,
    ...(full && { full }),
    ...logs.of(id),
  };
}

/** Each segment as JSON text with its subsegments nested, as in the X-Ray API. */
export async function readDocuments(
  { traces }: ReadContext,
  ids: string[],
  signal: AbortSignal,
): Promise<TraceDocuments[]> {
  const found: TraceDocuments[] = [];
  for (const id of ids) {
    const trace = traces.texts(id);
    if (!trace) continue;
    const { segments, orphans } = stitch(revive(trace.texts));
    found.push({
      id,
      duration: trace.duration,
      full: trace.full,
      segments: [...segments, ...orphans].map((each) => ({
        Id: each.id,
        Document: writeJson(each),
      })),
    });
    await new Promise(setImmediate);
    signal.throwIfAborted();
  }
  return found;
}
