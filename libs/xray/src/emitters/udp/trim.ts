import type { SubsegmentDocument } from '../../document';

/** The metadata namespace in which a document lists what it lost. */
const MARK = 'nestjs_xray';

/** What to remove, in this order. */
const STEPS: ((node: SubsegmentDocument, lose: (what: string) => void) => void)[] = [
  (node, lose) => {
    for (const [namespace, entries] of Object.entries(node.metadata ?? {})) {
      for (const key of Object.keys(entries ?? {})) lose(`metadata.${namespace}.${key}`);
    }
    delete node.metadata;
  },
  ({ sql }, lose) => {
    if (sql?.sanitized_query !== undefined) lose('sql.sanitized_query');
    delete sql?.sanitized_query;
  },
  ({ cause }, lose) => {
    if (typeof cause !== 'object') return;
    for (const exception of cause.exceptions) {
      if (exception.stack === undefined) continue;
      exception.truncated = (exception.truncated ?? 0) + exception.stack.length;
      delete exception.stack;
    }
    lose('cause.exceptions.stack');
  },
  (node, lose) => {
    if (typeof node.cause !== 'object') return;
    for (const exception of node.cause.exceptions) {
      exception.message = exception.message?.slice(0, 200);
    }
    node.cause.exceptions.splice(10);
    lose('cause.exceptions');
  },
  (node, lose) => {
    if (node.annotations) lose('annotations');
    delete node.annotations;
  },
  (node, lose) => {
    for (const key of ['aws', 'http', 'sql', 'cause'] as const) {
      if (node[key] !== undefined) lose(key);
      delete node[key];
    }
  },
];

const MAX_MARKS = 20;

/**
 * Removes fields from `node`, ignoring its subsegments, until it fits `budget`: metadata first, one
 * entry at a time, largest first. Removed fields are named under `metadata.nestjs_xray.trimmed`.
 *
 * @returns the number of bytes left
 */
export function trim(node: SubsegmentDocument, budget: number): number {
  const original = bytesOf(node);
  const lost: string[] = [];
  const mark = () => {
    const more = lost.length - MAX_MARKS;
    const trimmed = more > 0 ? [...lost.slice(0, MAX_MARKS), `${more} more`] : lost;
    (node.metadata ??= {})[MARK] = { trimmed, original_bytes: original };
  };
  const lose = (what: string) => void lost.push(what.slice(0, 100));

  let left = original;
  for (const { namespace, key, bytes } of entriesBySize(node)) {
    if (left <= budget - 500) break;
    delete node.metadata![namespace]![key];
    if (Object.keys(node.metadata![namespace]!).length === 0) delete node.metadata![namespace];
    lose(`metadata.${namespace}.${key}`);
    left -= bytes;
  }
  mark();
  for (const step of STEPS) {
    if (bytesOf(node) <= budget) break;
    delete node.metadata?.[MARK];
    step(node, lose);
    mark();
  }
  return bytesOf(node);
}

function entriesBySize({ metadata = {} }: SubsegmentDocument) {
  return Object.entries(metadata)
    .flatMap(([namespace, entries]) =>
      Object.entries(entries ?? {}).map(([key, value]) => ({
        namespace,
        key,
        bytes: Buffer.byteLength(JSON.stringify({ [key]: value })),
      })),
    )
    .sort((a, b) => b.bytes - a.bytes);
}

function bytesOf({ subsegments: _subsegments, ...alone }: SubsegmentDocument): number {
  return Buffer.byteLength(JSON.stringify(alone));
}
