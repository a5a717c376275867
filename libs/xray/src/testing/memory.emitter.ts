import type { SegmentDocument, SubsegmentDocument } from '../document';
import type { Emitter } from '../core/emitter';
import type { SegmentNode, SubsegmentNode } from '../core/trace-node';

/**
 * Keeps what is emitted, for tests.
 *
 * @example
 * const xray = new MemoryEmitter();
 * // imports: [XrayModule.forRoot({ serviceName: 'test', emitter: xray })]
 * expect(xray.documents[0].subsegments).toMatchObject([{ name: 'Cart.total' }]);
 */
export class MemoryEmitter implements Emitter {
  readonly destination = 'memory';
  /** Parsed documents in the order they were emitted. Emptying it (`length = 0`) is allowed. */
  readonly documents: (SegmentDocument & SubsegmentDocument)[] = [];

  emit(closed: SegmentNode | SubsegmentNode): void {
    this.documents.push(closed.toJSON());
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}
