import { isTraceId, writeJson, xrayTraceId } from '@nestjs-xray/document';
import { invalidRequest } from '../http/xray.error';
import type { ImportResult } from '../console-api';
import type { Ingest } from '../ingest/ingest';
import { onlyTraceIdIn } from '../ingest/document/trace-id-in';
import { type Fields, readForeign } from './import-formats';
import { logsOf } from './import-logs';
import { fromZipkin, isZipkin } from './import-zipkin';

/**
 * Imports the output of `GET /console/traces/:id`, documents, the output of other tools (see {@link
 * readForeign} and {@link fromZipkin}), or an array of these.
 *
 * @throws XrayError when it is none of these.
 */
export async function importTraces(ingest: Ingest, body: unknown): Promise<ImportResult> {
  const documents: unknown[] = [];
  const resourceSpans: unknown[] = [];
  const zipkin: Fields[] = [];
  // Zipkin returns several traces as an array of arrays; a file may have one of those per line.
  for (const each of Array.isArray(body) ? (body as unknown[][][]).flat(2) : [body]) {
    if (isZipkin(each)) {
      zipkin.push(each);
      continue;
    }
    const foreign = readForeign(each) ?? { documents: documentsOf(each) };
    for (const document of (foreign.documents ?? []).flatMap(apart)) documents.push(document);
    for (const spans of foreign.resourceSpans ?? []) resourceSpans.push(spans);
  }
  for (const spans of fromZipkin(zipkin)) resourceSpans.push(spans);
  await ingest.putLogs(logsOf(body));
  const imported = [await importDocuments(ingest, documents)];
  if (resourceSpans.length > 0) imported.push(await importSpans(ingest, { resourceSpans }));
  return {
    traces: [...new Set(imported.flatMap(({ traces }) => traces))],
    rejected: imported.flatMap(({ rejected }) => rejected),
  };
}

async function importDocuments(ingest: Ingest, documents: unknown[]): Promise<ImportResult> {
  const traces = new Map<string, string[]>();
  const result: ImportResult = { traces: [], rejected: [] };
  for (const document of documents) {
    const id = (document as { trace_id?: unknown } | null)?.trace_id;
    // Read as parseDocument() reads it, which later rejects whatever is not an id.
    const key = (typeof id === 'string' && onlyTraceIdIn(id)) || '';
    const texts = traces.get(key);
    if (texts) texts.push(writeJson(document));
    else traces.set(key, [writeJson(document)]);
  }
  await Promise.all(
    [...traces].map(async ([id, texts]) => {
      const { faults } = await ingest.put(texts);
      if (faults.length < texts.length && id !== '') result.traces.push(id);
      result.rejected.push(...faults.map((fault) => ({ id: fault.id, message: fault.message })));
    }),
  );
  return result;
}

async function importSpans(ingest: Ingest, spans: object): Promise<ImportResult> {
  const body = Buffer.from(writeJson(spans));
  const ids = [...new Set(traceIdsOf(spans))];
  const { problem, rejected, message } = await ingest.otlp('traces', body, 'json');
  if (problem !== undefined) throw invalidRequest(problem);
  return { traces: ids, rejected: Array.from({ length: rejected }, () => ({ message })) };
}

/** In X-Ray's form. Ids of another length are left to the OTLP reader to reject. */
function traceIdsOf(value: unknown, depth = 0): string[] {
  // resourceSpans → scopeSpans → spans: ids are at most this deep.
  if (typeof value !== 'object' || value === null || depth > 7) return [];
  const { traceId } = value as { traceId?: unknown };
  if (typeof traceId === 'string') {
    const hex = traceId.endsWith('==') ? Buffer.from(traceId, 'base64').toString('hex') : traceId;
    return /^[\da-f]{32}$/i.test(hex) ? [xrayTraceId(hex.toLowerCase())] : [];
  }
  return Object.values(value).flatMap((each) => traceIdsOf(each, depth + 1));
}

/** The documents of an exported trace, or `value` itself if it is a document. */
function documentsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) {
    throw invalidRequest(
      'Give an exported trace, segment documents, the output of aws xray batch-get-traces, ' +
        'OTLP/JSON, or the JSON of Jaeger, Zipkin, Tempo or Grafana. Several of them can be an array, or one per line.',
    );
  }
  const { id, segments, orphans } = value as Record<string, unknown>;
  if (!Array.isArray(segments)) return [value];
  return [...(segments as object[]), ...(Array.isArray(orphans) ? (orphans as object[]) : [])].map(
    // Only documents inside a segment may omit the trace id.
    (document) => ({ trace_id: id, ...document }),
  );
}

/**
 * A document, and separately the subsegments in it that had been sent on their own. An export nests
 * them, which can make it larger, deeper and richer in annotations than a document may be.
 */
function apart(document: unknown): unknown[] {
  const documents = [document];
  const nodes = [document];
  for (const node of nodes) {
    const { id, subsegments } = (node ?? {}) as { id?: unknown; subsegments?: unknown };
    if (!Array.isArray(subsegments)) continue;
    for (const each of subsegments) nodes.push(each);
    const alone = subsegments.filter((each) => wasAlone(each, id));
    if (alone.length === 0) continue;
    for (const each of alone) documents.push(each);
    const rest = subsegments.filter((each) => !wasAlone(each, id));
    (node as { subsegments?: unknown[] }).subsegments = rest.length > 0 ? rest : undefined;
  }
  return documents;
}

function wasAlone(subsegment: unknown, parent: unknown): boolean {
  const { type, trace_id, parent_id } = (subsegment ?? {}) as Record<string, unknown>;
  return type === 'subsegment' && isTraceId(trace_id) && parent_id === parent;
}
