import type { Call, RecordedNode } from '../core/recorded-node';

/** The end of a message's segment: what was thrown is known by then, and not the packet made of it. */
export const messageCall: Call = {
  detailed: true,
  nest: undefined,
  get site(): object {
    return this;
  },
  succeeded(): void {},
  failed(node: RecordedNode, thrown: unknown): void {
    if (node.cause === undefined) node.addError(thrown);
  },
};
