import type { SegmentDocument, SubsegmentDocument } from '../../document';
import { type Datagram, fits, HEADER } from './datagram';
import { SiblingPacker, type SiblingsParent } from './siblings';
import { trim } from './trim';

type Document = SegmentDocument & SubsegmentDocument;

/** Bytes for the additional fields of a document sent on its own: type, trace_id and parent_id. */
const ALONE_BYTES = 150;
const AROUND_CHILDREN = ',"subsegments":[]'.length;

/** The result of splitting one document. */
export interface Parts {
  /** None contains a document larger than allowed. */
  datagrams: Datagram[];
  /** How many documents were trimmed. */
  trimmed: number;
}

/**
 * Splits a document that is too large for one datagram. The largest subsegments are sent separately
 * until the rest fits; closed ones share documents. A part that is too large without subsegments
 * loses metadata, then other fields, and names what it lost.
 *
 * @param text the document as JSON; a document that is small enough is not parsed
 * @param maxBytes of UTF-8
 */
export function splitDocument(text: string, maxBytes: number): Parts {
  if (fits(text, maxBytes)) return { datagrams: [HEADER + text], trimmed: 0 };
  const document = JSON.parse(text) as Document;
  const splitter = new Splitter(document.trace_id, maxBytes);
  const rest = splitter.shrink(document);
  splitter.datagrams.push(HEADER + rest.text);
  return splitter;
}

/** A node as JSON, including the subsegments that stay in it. */
interface Written {
  node: SubsegmentDocument;
  text: string;
  bytes: number;
}

class Splitter implements Parts {
  readonly datagrams: Datagram[] = [];
  trimmed = 0;
  private readonly budget: number;
  private readonly packer: SiblingPacker<SiblingsParent>;

  constructor(
    private readonly traceId: string,
    maxBytes: number,
  ) {
    this.budget = maxBytes - ALONE_BYTES;
    this.packer = new SiblingPacker(
      () => maxBytes,
      (datagram) => this.datagrams.push(datagram),
    );
  }

  /** Writes `node` within the budget and moves out what exceeds it. Each node is written once. */
  shrink(node: SubsegmentDocument): Written {
    const { subsegments = [], ...alone } = node;
    let text = JSON.stringify(alone);
    let bytes = Buffer.byteLength(text);
    if (bytes > this.budget) {
      bytes = trim(alone, this.budget);
      text = JSON.stringify(alone);
      this.trimmed++;
    }
    if (subsegments.length === 0) return { node, text, bytes };

    const children = subsegments.map((child) => this.shrink(child));
    bytes += AROUND_CHILDREN;
    for (const child of children) bytes += child.bytes + 1;
    const gone = new Set<Written>();
    if (bytes > this.budget) {
      for (const child of [...children].sort((a, b) => b.bytes - a.bytes)) {
        if (bytes <= this.budget) break;
        gone.add(child);
        bytes -= child.bytes + 1;
      }
      this.send(gone, { id: node.id, root: { trace_id: this.traceId } });
    }
    const staying = children.filter((child) => !gone.has(child));
    if (staying.length > 0) {
      const texts = staying.map((child) => child.text).join(',');
      text = `${text.slice(0, -1)},"subsegments":[${texts}]}`;
    }
    return { node, text, bytes };
  }

  private send(gone: Iterable<Written>, parent: SiblingsParent): void {
    for (const { node, text } of gone) {
      this.packer.add(text, node, parent);
      // An open one is sent again when it closes, possibly in another document.
      if (node.end_time === undefined) this.packer.flush();
    }
    this.packer.flush();
  }
}
