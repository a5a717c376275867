import type { ExceptionDocument, StackFrameDocument } from './document';
import { exceptionsOf } from './node-status';
import type { TraceNode } from './trace-node';

/** An exception with its chain of causes. */
export interface ExceptionChain {
  exception: ExceptionDocument;
  causes: ExceptionDocument[];
}

/** The exceptions that a node records, each with its causes; a cause is not listed separately. */
export function exceptionChains(node: TraceNode): ExceptionChain[] {
  const all = exceptionsOf(node);
  const byId = new Map(all.map((exception) => [exception.id, exception]));
  const causes = new Set(all.map((exception) => exception.cause).filter((id) => id !== undefined));
  const heads = all.filter((exception) => !causes.has(exception.id));
  // In a cycle of causes no exception is the first: show all.
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

/** The node that recorded the exception which `node` only references by id. */
export function recordedAt(node: TraceNode, nodes: readonly TraceNode[]): TraceNode | undefined {
  const { cause } = node.doc;
  if (typeof cause !== 'string') return undefined;
  return nodes.find((other) => exceptionsOf(other).some((exception) => exception.id === cause));
}

/** Whether a frame is from an installed package or the runtime, not from the application. */
export function isLibrary(frame: StackFrameDocument): boolean {
  const path = frame.path ?? '';
  return path === '' || /(^|[\\/])node_modules[\\/]|^node:|^internal\/|^<anonymous>/.test(path);
}

/** The file name with the line: `push.service.ts:58`. */
export function placeOf(path: string | undefined, line: number | undefined): string {
  const file = (path ?? '').split(/[\\/]/).pop() || '?';
  return line === undefined || line <= 0 ? file : `${file}:${line}`;
}

/** The nodes from the origin of the fault up to the root. */
export function pathOfFault(node: TraceNode): TraceNode[] {
  const path: TraceNode[] = [];
  for (let up: TraceNode | undefined = node; up; up = up.parent) {
    if (up.status === node.status) path.push(up);
  }
  return path;
}

/** Failures shortly before, below or beside it that were caught and not passed up. */
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
