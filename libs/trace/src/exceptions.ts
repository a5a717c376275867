import type { ExceptionDocument, StackFrameDocument } from './document';
import { exceptionsOf } from './node-status';
import type { TraceNode } from './trace-node';

/** An exception with what caused it, and what caused that. */
export interface ExceptionChain {
  exception: ExceptionDocument;
  causes: ExceptionDocument[];
}

/** The exceptions that a node records, each with its causes; those that are only a cause are not listed again. */
export function exceptionChains(node: TraceNode): ExceptionChain[] {
  const all = exceptionsOf(node);
  const byId = new Map(all.map((exception) => [exception.id, exception]));
  const causes = new Set(all.map((exception) => exception.cause).filter((id) => id !== undefined));
  const heads = all.filter((exception) => !causes.has(exception.id));
  // Exceptions that name each other as cause have no head: all are shown.
  return (heads.length ? heads : all).map((exception) => {
    const chain: ExceptionDocument[] = [];
    const seen = new Set([exception.id]);
    for (let next = exception.cause; next !== undefined && !seen.has(next);) {
      seen.add(next);
      const cause = byId.get(next);
      if (!cause) break;
      chain.push(cause);
      next = cause.cause;
    }
    return { exception, causes: chain };
  });
}

/** The node that recorded the exception which `node` only names by its id. */
export function recordedAt(node: TraceNode, nodes: readonly TraceNode[]): TraceNode | undefined {
  const { cause } = node.doc;
  if (typeof cause !== 'string') return undefined;
  return nodes.find((other) => exceptionsOf(other).some((exception) => exception.id === cause));
}

/** A frame of an installed package or of the runtime: not the reader's own code. */
export function isLibrary(frame: StackFrameDocument): boolean {
  const path = frame.path ?? '';
  return path === '' || /(^|[\\/])node_modules[\\/]|^node:|^internal\/|^<anonymous>/.test(path);
}

/** The last part of a path with the line: `push.service.ts:58`. */
export function placeOf(path: string | undefined, line: number | undefined): string {
  const file = (path ?? '').split(/[\\/]/).pop() || '?';
  return line === undefined || line <= 0 ? file : `${file}:${line}`;
}

/** The nodes from where the fault began up to the root, for the path it took. */
export function pathOfFault(node: TraceNode): TraceNode[] {
  const path: TraceNode[] = [];
  for (let up: TraceNode | undefined = node; up; up = up.parent) {
    if (up.status === node.status) path.push(up);
  }
  return path;
}

/** What went wrong just before, below or beside it, and ended without the trouble being passed up. */
export function justBefore(node: TraceNode): TraceNode[] {
  const near = [...node.children, ...(node.parent?.children ?? [])];
  return near.filter(
    (other) =>
      other !== node &&
      other.status !== 'ok' &&
      other.status !== node.status &&
      other.end <= node.end,
  );
}
