import { isTraceId } from '@nestjs-xray/document';
import { invalidRequest } from '../api/xray.error';
import type { ImportResult } from '../console-api';
import type { Ingest } from '../ingest/ingest';

/**
 * Takes what `GET /console/traces/:id` gave, an array of it, or an array of documents.
 *
 * @throws XrayError when it is none of these.
 */
export async function importTraces(ingest: Ingest, body: unknown): Promise<ImportResult> {
  const traces = new Map<string, string[]>();
  const result: ImportResult = { traces: [], rejected: [] };
  for (const document of documentsOf(body)) {
    const id = (document as { trace_id?: unknown } | null)?.trace_id;
    const key = isTraceId(id) ? id.toLowerCase() : '';
    const texts = traces.get(key);
    if (texts) texts.push(JSON.stringify(document));
    else traces.set(key, [JSON.stringify(document)]);
  }
  await Promise.all(
    [...traces].map(async ([id, texts]) => {
      const { faults } = await ingest.put(texts);
      if (faults.length < texts.length) result.traces.push(id);
      result.rejected.push(...faults.map((fault) => ({ id: fault.id, message: fault.message })));
    }),
  );
  return result;
}

function documentsOf(body: unknown): unknown[] {
  const all = Array.isArray(body) ? (body as unknown[]) : [body];
  return all.flatMap((each) => {
    if (typeof each !== 'object' || each === null) {
      throw invalidRequest(
        'Give an exported trace, an array of them, or an array of segment documents.',
      );
    }
    const { id, segments, orphans } = each as {
      id?: unknown;
      segments?: unknown;
      orphans?: unknown;
    };
    if (!Array.isArray(segments)) return [each];
    return [
      ...(segments as object[]),
      ...(Array.isArray(orphans) ? (orphans as object[]) : []),
    ].map(
      // Only what stands inside a segment may leave its trace out.
      (document) => ({ trace_id: id, ...document }),
    );
  });
}
