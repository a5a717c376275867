import { type NodeDocument, writeJson } from '@nestjs-xray/document';

/** Clients round times differently when they send a document again; in seconds. */
const SAME_TIME = 0.001;
/** Objects below this depth are compared as a whole: `metadata` → namespace → key is the deepest that is joined. */
const JOINED_DEPTH = 3;
/** Where the subsegment stands, not what it says; and what is joined by the tree. */
const PLACE = new Set(['id', 'type', 'trace_id', 'parent_id', 'subsegments']);
/** The namespace of metadata that local X-Ray adds. */
const NAMESPACE = 'local_xray';

export function isFinal({ end_time, in_progress }: NodeDocument): boolean {
  return end_time !== undefined && in_progress !== true;
}

/** Whether two documents with the same id describe the same call, or two calls to which a client gave the same id. */
export function isSameCall(a: NodeDocument, b: NodeDocument): boolean {
  return a.name === b.name || Math.abs(a.start_time - b.start_time) <= SAME_TIME;
}

/**
 * Joins two documents of the same call: one embedded in its segment, one sent on its own. Of two different values, that
 * of the final document is kept, or else of the one that ends later. If both are final, the other value is recorded in
 * `metadata.local_xray.sent_twice`, so that nothing is lost. The children are those of `embedded`.
 */
export function joinDocuments<T extends NodeDocument>(embedded: T, alone: NodeDocument): T {
  const final = isFinal(embedded);
  const aloneIsBetter =
    final === isFinal(alone) ? (alone.end_time ?? 0) > (embedded.end_time ?? 0) : isFinal(alone);
  const [better, other] = aloneIsBetter ? [alone, embedded] : [embedded, alone];
  const differing: Record<string, unknown> = {};
  const said = joined(contentOf(better), contentOf(other), '', differing, JOINED_DEPTH);
  if (isFinal(better)) delete said.in_progress;
  const result = { ...placeOf(embedded), ...said } as unknown as T;
  if (!final || !isFinal(alone) || Object.keys(differing).length === 0) return result;
  return withNote(result, 'sent_twice', differing);
}

/** Records something about a document in its metadata. */
export function withNote<T extends NodeDocument>(document: T, key: string, note: unknown): T {
  const { metadata } = document;
  const notes = { ...metadata?.[NAMESPACE], [key]: note };
  return { ...document, metadata: { ...metadata, [NAMESPACE]: notes } };
}

function contentOf(document: NodeDocument): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !PLACE.has(key)));
}

function placeOf(document: NodeDocument): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([key]) => PLACE.has(key)));
}

function joined(
  better: Record<string, unknown>,
  other: Record<string, unknown>,
  path: string,
  differing: Record<string, unknown>,
  depth: number,
): Record<string, unknown> {
  const result = new Map(Object.entries(better));
  for (const [key, value] of Object.entries(other)) {
    const kept = result.get(key);
    if (kept === undefined) result.set(key, value);
    else if (depth > 1 && isObject(kept) && isObject(value))
      result.set(key, joined(kept, value, `${path}${key}.`, differing, depth - 1));
    else if (!isSame(key, kept, value)) differing[path + key] = value;
  }
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries(result);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(key: string, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === 'number' && typeof b === 'number')
    return /^(start|end)_time$/.test(key) && Math.abs(a - b) <= SAME_TIME;
  try {
    return textOf(key, a) === textOf(key, b);
  } catch {
    // Nested too deeply to be compared.
    return false;
  }
}

/** Exceptions from OTLP get new ids each time their span arrives. */
function textOf(key: string, value: unknown): string {
  const text = writeJson(value);
  return key === 'exceptions' ? text.replaceAll(/"id":"[^"]*",?/g, '') : text;
}
