import type { SubsegmentDocument } from '../../document';
import { type Datagram, fits, HEADER } from './datagram';
import { type Scanned, scanDocument } from './document-scan';
import { SiblingPacker, type SiblingsParent } from './siblings';
import { trim } from './trim';

/** Bytes for the additional fields of a document sent on its own: type, trace_id and parent_id. */
const ALONE_BYTES = 150;
const AROUND_CHILDREN = ',"subsegments":[]'.length;

/** The result of splitting one document. */
export interface Parts {
  /** No datagram contains a document larger than allowed. */
  datagrams: Datagram[];
  /** How many documents were trimmed. */
  trimmed: number;
}

/**
 * Splits a document that is too large for one datagram. The largest subsegments are sent separately
 * until the rest fits; closed ones share documents. A part that is too large without subsegments
 * loses metadata, then other fields, and names what it lost.
 *
 * @param text the document as JSON. It is cut up as text; only a part to be trimmed is parsed.
 * @param maxBytes of UTF-8
 */
export function splitDocument(text: string, maxBytes: number): Parts {
  if (fits(text, maxBytes)) return { datagrams: [HEADER + text], trimmed: 0 };
  const splitter = new Splitter(text, maxBytes);
  splitter.split();
  return splitter;
}

/** A node as JSON, including the subsegments that stay in it. */
interface Written {
  node: Scanned;
  text: string;
  bytes: number;
}

class Splitter implements Parts {
  readonly datagrams: Datagram[] = [];
  trimmed = 0;
  private readonly text: string;
  private readonly document: Scanned;
  private readonly traceId: string;
  private readonly isAscii: boolean;
  private readonly budget: number;
  private readonly packer: SiblingPacker<SiblingsParent>;

  constructor(given: string, maxBytes: number) {
    const { text, document } = scanDocument(given);
    this.text = text;
    this.document = document;
    this.traceId = valueOf(document.fields.trace_id) as string;
    this.isAscii = Buffer.byteLength(text) === text.length;
    this.budget = maxBytes - ALONE_BYTES;
    this.packer = new SiblingPacker(
      () => maxBytes,
      (datagram) => this.datagrams.push(datagram),
    );
  }

  split(): void {
    this.datagrams.push(HEADER + this.shrink(this.document).text);
  }

  /** Writes `node` within the budget and moves out what exceeds it. */
  private shrink(node: Scanned): Written {
    // UTF-8 has at least a byte for each character, so a longer part need not be counted at each level.
    if (node.to - node.from <= this.budget) {
      const part = this.part(node.from, node.to);
      if (part.bytes <= this.budget) return { node, ...part };
    }
    const { text: alone, bytes: aloneBytes } = this.alone(node);
    if (node.subsegments.length === 0) return { node, text: alone, bytes: aloneBytes };

    const children = node.subsegments.map((child) => this.shrink(child));
    let bytes = aloneBytes + AROUND_CHILDREN;
    for (const child of children) bytes += child.bytes + 1;
    const gone = new Set<Written>();
    if (bytes > this.budget) {
      for (const child of [...children].sort((a, b) => b.bytes - a.bytes)) {
        if (bytes <= this.budget) break;
        gone.add(child);
        bytes -= child.bytes + 1;
      }
      this.send(gone, node);
    }
    const staying = children.filter((child) => !gone.has(child)).map(({ text }) => text);
    if (staying.length === 0) return { node, text: alone, bytes };
    const text = `${alone.slice(0, -1)},"subsegments":[${staying.join(',')}]}`;
    return { node, text, bytes };
  }

  /** `node` without its subsegments, trimmed if it is too large even then. */
  private alone({ from, cutFrom, cutTo, to }: Scanned): { text: string; bytes: number } {
    const [before, after] = [this.part(from, cutFrom), this.part(cutTo, to)];
    const text = before.text + after.text;
    const bytes = before.bytes + after.bytes;
    if (bytes <= this.budget) return { text, bytes };
    const node = JSON.parse(text) as SubsegmentDocument;
    this.trimmed++;
    const left = trim(node, this.budget);
    return { text: JSON.stringify(node), bytes: left };
  }

  private part(from: number, to: number): { text: string; bytes: number } {
    const text = this.text.slice(from, to);
    return { text, bytes: this.isAscii ? text.length : Buffer.byteLength(text) };
  }

  private send(gone: Iterable<Written>, { fields }: Scanned): void {
    const parent = { id: valueOf(fields.id) as string, root: { trace_id: this.traceId } };
    for (const { node, text } of gone) {
      const { start_time, end_time } = node.fields;
      const times = {
        start_time: valueOf(start_time) as number,
        end_time: valueOf(end_time) as number | undefined,
      };
      this.packer.add(text, times, parent);
      // An open one is sent again when it closes, possibly in another document.
      if (end_time === undefined) this.packer.flush();
    }
    this.packer.flush();
  }
}

function valueOf(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
