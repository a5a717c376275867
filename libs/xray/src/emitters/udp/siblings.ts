import { newId } from '../../document';
import type { SegmentNode, SubsegmentNode } from '../../core/trace-node';

/** What a document of siblings has around them: ids, times, a name and the mark. */
const FRAME_BYTES = 400;

/**
 * Packs subsegments of one parent into few documents: the daemon takes one document a datagram, and
 * thousands of them overflow its socket's buffer. Siblings go under a subsegment made for them,
 * marked in `metadata.nestjs_xray.siblings`; X-Ray shows it as one more level, local X-Ray takes it
 * out again.
 */
export class SiblingPacker {
  private parent: SubsegmentNode['parent'] | undefined;
  private texts: string[] = [];
  private bytes = 0;
  private start = Infinity;
  private end = 0;

  /** @param full is given each document as soon as no more goes into it */
  constructor(
    private readonly maxBytes: () => number,
    private readonly full: (text: string, segment: SegmentNode) => void,
  ) {}

  add(node: SubsegmentNode): void {
    const text = node.toText();
    const bytes = Buffer.byteLength(text) + 1;
    if (node.parent !== this.parent || this.bytes + bytes > this.maxBytes() - FRAME_BYTES) {
      this.flush();
      this.parent = node.parent;
    }
    this.texts.push(text);
    this.bytes += bytes;
    this.start = Math.min(this.start, node.start_time);
    this.end = Math.max(this.end, node.end_time ?? node.start_time);
  }

  /** Gives away what is left. */
  flush(): void {
    const { texts, parent } = this;
    if (parent === undefined || texts.length === 0) return;
    const text = texts.length === 1 ? texts[0]! : this.together(parent);
    this.texts = [];
    this.bytes = this.end = 0;
    this.start = Infinity;
    this.parent = undefined;
    this.full(text, parent.root);
  }

  private together(parent: SubsegmentNode['parent']): string {
    const { texts, start, end } = this;
    const head = {
      id: newId(),
      name: `${texts.length} subsegments`,
      start_time: start,
      end_time: end,
      metadata: { nestjs_xray: { siblings: texts.length } },
      type: 'subsegment',
      trace_id: parent.root.trace_id,
      parent_id: parent.id,
    };
    const siblings = texts.map(withoutAddress).join(',');
    return `${JSON.stringify(head).slice(0, -1)},"subsegments":[${siblings}]}`;
  }
}

/** What tells where a document belongs that is sent on its own; inside of another its place does. */
const ADDRESS = ',"type":"subsegment","trace_id":';

function withoutAddress(text: string): string {
  const at = text.lastIndexOf(ADDRESS);
  return at < 0 ? text : `${text.slice(0, at)}}`;
}
