import { createParamDecorator } from '@nestjs/common';
import { currentNode } from '../core/context';
import type { SegmentNode } from '../core/trace-node';

/**
 * Injects the segment of the request, message or event that a handler is called for. Undefined if
 * it is not recorded.
 *
 * @example
 * checkout(@CurrentSegment() segment: SegmentNode | undefined) {
 *   segment?.setUser('bayko');
 * }
 */
export const CurrentSegment = createParamDecorator((): SegmentNode | undefined => {
  return currentNode()?.root;
});
