import { writeJson } from '@nestjs-xray/document';
import type { Trace } from '../console-api';
import { stitch } from '../trace/stitch';
import { revive } from '../store/stored-traces';
import type { ReadContext } from './read-context';
import type { DocumentsPage, DocumentsQuery } from './trace-reads';

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

/** A page has no more documents than this, in characters of their JSON: a hundred traces may be a gigabyte. */
const PAGE_LENGTH = 5_000_000;

/** Each segment as JSON text with its subsegments nested, as in the X-Ray API. */
export async function readDocuments(
  { traces }: ReadContext,
  { ids, from }: DocumentsQuery,
  signal: AbortSignal,
): Promise<DocumentsPage> {
  const found: DocumentsPage = {
    Traces: [],
    UnprocessedTraceIds: from === undefined ? ids.filter((id) => !traces.has(id)) : [],
  };
  let length = 0;
  for (const id of ids.slice(from === undefined ? 0 : ids.indexOf(from))) {
    const trace = traces.texts(id);
    if (!trace) continue;
    length += trace.texts.reduce((sum, text) => sum + text.length, 0);
    if (length > PAGE_LENGTH && found.Traces.length > 0) return { ...found, NextToken: id };
    found.Traces.push({
      Id: id,
      Duration: trace.duration,
      LimitExceeded: trace.full,
      Segments: segmentsOf(trace.texts),
    });
    await new Promise(setImmediate);
    signal.throwIfAborted();
  }
  return found;
}

function segmentsOf(texts: string[]): { Id: string; Document: string }[] {
  const { segments, orphans } = stitch(revive(texts));
  return [...segments, ...orphans].map((each) => ({ Id: each.id, Document: writeJson(each) }));
}
