import { createParamDecorator } from '@nestjs/common';
import { currentNode } from '../core/context';
import type { SegmentNode } from '../core/trace-node';

/**
 * The segment of the request, message or event that a handler is called for; undefined where it is
 * not recorded.
 *
 * @example
 * checkout(@CurrentSegment() segment: SegmentNode | undefined) {
 *   segment?.setUser('bayko');
 * }
 */
export const CurrentSegment = createParamDecorator((): SegmentNode | undefined => {
  return currentNode()?.root;
});
