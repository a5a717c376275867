import {
  buildTree,
  comparisonText,
  MOST_BYTES,
  nodeText,
  topException,
  topHints,
  traceText,
  type TraceTree,
  withinBytes,
} from '@nestjs-xray/trace';
import type { TraceReads } from '../reads/trace-reads';
import { rowText } from './row-text';
import { END_OF_TIME, parseSince } from './since';
import { traceIdIn } from './trace-id';

/** The requested data does not exist. The message says what to do. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

const MOST_TRACES = 50;
/** How many of the listed traces are read completely, for their hints. */
const READ_COMPLETELY = 10;

/** Recorded traces as text of at most 20 kB, for terminals and language models. */
export class TraceTexts {
  constructor(private readonly reads: TraceReads) {}

  /** The newest traces that match a filter expression, with the problems of the first ones. */
  async find(
    { filter, since = '1h', limit = 20 }: { filter?: string; since?: string; limit?: number },
    signal?: AbortSignal,
  ): Promise<string> {
    const now = Date.now() / 1000;
    const from = parseSince(since, now);
    const most = Math.min(Math.max(1, Math.floor(limit)), MOST_TRACES);
    const query = { from, to: END_OF_TIME, limit: most, ...(filter && { filter }) };
    const { rows, counts } = await this.reads.list(query, signal);
    const remarks: string[][] = [];
    // One after another: each may have 10 MB.
    for (const { id } of rows.slice(0, READ_COMPLETELY)) {
      remarks.push(remarksOn(await this.tree(id, signal).catch(() => undefined)));
      signal?.throwIfAborted();
    }
    const lines = [
      `${counts.total} traces since ${new Date(from * 1000).toISOString()}${filter ? ` with ${filter}` : ''}: ` +
        `${counts.fault} fault, ${counts.throttle} throttle, ${counts.error} error, ${counts.ok} ok.`,
      rows.length < counts.total ? `The newest ${rows.length}:` : '',
      ...rows.flatMap((row, at) => [`- ${rowText(row)}`, ...(remarks[at] ?? [])]),
    ].filter((line) => line !== '');
    return withinBytes(
      lines,
      MOST_BYTES,
      'Use a filter, a shorter period or a limit for a shorter answer.',
    );
  }

  /** One trace, or everything about one node of it. */
  async trace(id: string, node?: string, signal?: AbortSignal): Promise<string> {
    const tree = await this.tree(id, signal);
    if (!node) return traceText(tree);
    const text = nodeText(tree, node);
    if (text !== undefined) return text;
    throw new NotFoundError(
      `Trace ${tree.id} has no segment or subsegment ${JSON.stringify(node.slice(0, 40))}. The text of the trace shows the ids, after #.`,
    );
  }

  async compare(a: string, b: string, signal?: AbortSignal): Promise<string> {
    return comparisonText(await this.tree(a, signal), await this.tree(b, signal));
  }

  /** Ids of the newest traces, with a title for each. */
  async newest(signal?: AbortSignal): Promise<{ id: string; title: string }[]> {
    const { rows } = await this.reads.list({ from: 0, to: END_OF_TIME, limit: 20 }, signal);
    return rows.map((row) => ({ id: row.id, title: rowText(row) }));
  }

  /** The trace id for an id in any form, a header, or `last`. */
  async idOf(given: string, signal?: AbortSignal): Promise<string> {
    const id = given.trim() === 'last' ? (await this.newest(signal))[0]?.id : traceIdIn(given);
    if (id === undefined) throw new NotFoundError(unknown(given));
    return id;
  }

  private async tree(id: string, signal?: AbortSignal): Promise<TraceTree> {
    const wanted = await this.idOf(id, signal);
    const trace = await this.reads.trace(wanted, signal);
    if (!trace) throw new NotFoundError(missing(wanted));
    return buildTree(trace, Date.now() / 1000);
  }
}

export function missing(id: string): string {
  return `There is no trace ${id}. It may have been deleted after the retention time, or not have arrived yet.`;
}

function unknown(id: string): string {
  return id.trim() === 'last'
    ? 'There are no traces yet. Send a request to a traced app, then try again.'
    : `${JSON.stringify(id.slice(0, 80))} is not a trace id. Write one like 1-67000000-0123456789abcdef01234567, or last.`;
}

function remarksOn(tree: TraceTree | undefined): string[] {
  if (!tree) return [];
  const exception = topException(tree);
  return [...(exception ? [exception] : []), ...topHints(tree, 2)].map((remark) => `  - ${remark}`);
}
