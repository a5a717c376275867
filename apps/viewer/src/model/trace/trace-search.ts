import { allLogs, exceptionsOf, type TraceNode, type TraceTree } from '@nestjs-xray/trace';

const texts = new WeakMap<object, string>();

/** The searchable text of a document: names, annotations, metadata, addresses, statements, exceptions, ids. */
function textOf(node: TraceNode): string {
  const known = texts.get(node.doc);
  if (known !== undefined) return known;
  const { doc } = node;
  const parts: unknown[] = [node.name, node.title, node.detail, doc.id, doc.http?.request?.url];
  if ('user' in doc) parts.push(doc.user);
  if ('sql' in doc) parts.push(doc.sql?.sanitized_query);
  for (const [key, value] of Object.entries(doc.annotations ?? {})) parts.push(`${key}=${value}`);
  for (const { type, message } of exceptionsOf(node)) parts.push(`${type}: ${message}`);
  // Keys and values as they are shown: quotation marks inside a text are not escaped.
  if (doc.metadata) addTexts(doc.metadata, parts);
  const text = parts.filter(Boolean).join('\n').toLowerCase();
  texts.set(node.doc, text);
  return text;
}

/** The nodes that contain the words, in the order of the waterfall. None for an empty search. */
export function search(tree: TraceTree, words: string): TraceNode[] {
  const needle = words.trim().toLowerCase();
  if (!needle) return [];
  const logged = new Set(
    allLogs(tree)
      .lines.filter(({ message }) => message.toLowerCase().includes(needle))
      .map(({ node }) => node),
  );
  return tree.nodes.filter((node) => textOf(node).includes(needle) || logged.has(node));
}

/** Adds all keys and values at every depth. */
function addTexts(value: object, parts: unknown[]): void {
  const open: object[] = [value];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const [key, entry] of Object.entries(next) as [string, unknown][]) {
      if (typeof entry === 'object' && entry !== null) {
        parts.push(key);
        open.push(entry);
      } else parts.push(Array.isArray(next) ? String(entry) : `${key}=${String(entry)}`);
    }
  }
}

/** Splits a text into parts that match and parts that do not, for highlighting. */
export function highlight(text: string, words: string): { text: string; hit: boolean }[] {
  const needle = words.trim().toLowerCase();
  if (!needle) return [{ text, hit: false }];
  const pieces: { text: string; hit: boolean }[] = [];
  const lower = text.toLowerCase();
  // A letter whose lower-case form is longer would shift all positions after it.
  if (lower.length !== text.length) return [{ text, hit: lower.includes(needle) }];
  let at = 0;
  for (let hit = lower.indexOf(needle); hit >= 0; hit = lower.indexOf(needle, at)) {
    if (hit > at) pieces.push({ text: text.slice(at, hit), hit: false });
    pieces.push({ text: text.slice(hit, hit + needle.length), hit: true });
    at = hit + needle.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), hit: false });
  return pieces;
}

/** The nodes at which `n` stops: those where a fault, error or throttle began, not their ancestors. */
export function troubles(tree: TraceTree, status?: TraceNode['status']): TraceNode[] {
  return tree.nodes.filter(
    (node) => node.status !== 'ok' && (status === undefined || node.status === status),
  );
}

/** The node that is selected when the page opens: where the worst outcome began, else the first root. */
export function arrival(tree: TraceTree): TraceNode | undefined {
  for (const status of ['fault', 'throttle', 'error'] as const) {
    const origins = tree.nodes.filter((node) => node.status === status && !node.passedUp);
    const deepest = origins.reduce<TraceNode | undefined>(
      (best, node) => (best === undefined || node.depth > best.depth ? node : best),
      undefined,
    );
    if (deepest && (status === 'fault' || tree.roots.some((root) => root.status === status)))
      return deepest;
  }
  return tree.roots[0];
}
