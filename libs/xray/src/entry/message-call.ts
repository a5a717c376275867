import type { Call } from '../core/call';
import type { TraceNode } from '../core/context';

/** The end of a message's segment: what was thrown is known by then, and not the packet made of it. */
export const messageCall: Call = {
  detailed: true,
  nest: undefined,
  get place(): object {
    return this;
  },
  succeeded(): void {},
  failed(node: TraceNode, thrown: unknown): void {
    if (node.cause === undefined) node.addError(thrown);
  },
};
