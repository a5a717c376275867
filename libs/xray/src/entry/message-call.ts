import type { Call, RecordedNode } from '../core/recorded-node';

/**
 * Ends a message's segment. What was thrown is already recorded, so the packet made from it is not.
 */
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
