import type { RecordedNode } from '../../core/recorded-node';
import type { SegmentNode, SubsegmentNode } from '../../core/trace-node';
import type { Shipment } from '../outcomes';
import { documentSpans } from './document-to-spans';
import { keyValues, type OtlpSpan, type ResourceSpans } from '../../document';

/**
 * Limits of X-Ray's own endpoint, which collectors accept as well: spans and bytes per request,
 * bytes per span. Sizes are estimated, never too low.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-opentelemetry.html
 */
const MAX_SPANS = 10_000;
const MAX_BYTES = 4_500_000;
const MAX_SPAN_BYTES = 190_000;
/**
 * Allowance per span for ids, times and attribute names; text grows when JSON is nested in JSON.
 */
const SPAN_BYTES = 400;
const GROWTH = 1.5;

/** The spans of one document and an upper bound of their size in a request. */
export interface DocumentToSend {
  shipment: Shipment;
  /** Whether this is the closed node itself, with which the shipment is counted. */
  final: boolean;
  service: Record<string, unknown>;
  spans: OtlpSpan[];
  bytes: number;
  /** Whether a span was trimmed. */
  trimmed: boolean;
}

/** @param resource attributes for every resource, which take precedence. */
export function documentToSend(
  node: SegmentNode | SubsegmentNode,
  shipment: Shipment,
  final: boolean,
  resource: Record<string, string>,
): DocumentToSend {
  const text = node.toText();
  const document = JSON.parse(text) as ReturnType<SegmentNode['toJSON']>;
  const { resource: own, spans } = documentSpans(
    document,
    node as unknown as RecordedNode,
    resource,
  );
  const name = 'segment' in node && node.segment ? node.segment.name : node.name;
  const size = Buffer.byteLength(text) * GROWTH;
  const trimmed = size > MAX_SPAN_BYTES && spans.map(trimSpan).includes(true);
  return {
    shipment,
    final,
    service: { 'service.name': name, ...own, ...resource },
    spans,
    bytes: size + spans.length * SPAN_BYTES,
    trimmed,
  };
}

/**
 * Removes the largest attributes from a span that would be rejected for its size, and records their
 * names.
 */
function trimSpan(span: OtlpSpan): boolean {
  const sizes = span.attributes.map(({ value }) => Buffer.byteLength(JSON.stringify(value)));
  const events = Buffer.byteLength(JSON.stringify(span.events ?? []));
  let bytes = sizes.reduce((sum, size) => sum + size, events);
  if (bytes <= MAX_SPAN_BYTES) return false;
  const lost = new Set<number>();
  const largestFirst = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]!);
  for (const at of largestFirst) {
    if (bytes <= MAX_SPAN_BYTES) break;
    lost.add(at);
    bytes -= sizes[at]!;
  }
  const names = [...lost].map((at) => span.attributes[at]!.key);
  span.attributes = span.attributes.filter((_, at) => !lost.has(at));
  span.attributes.push(...keyValues({ 'nestjs_xray.trimmed': names }));
  return true;
}

/** Documents that are sent in one request. */
export class SpanBatch {
  private spans = 0;
  private bytes = 0;

  constructor(readonly documents: DocumentToSend[] = []) {
    for (const each of documents) this.count(each);
  }

  /** Whether one more document would exceed the limits. The first one never does. */
  isFullFor({ spans, bytes }: DocumentToSend): boolean {
    if (this.documents.length === 0) return false;
    return this.spans + spans.length > MAX_SPANS || this.bytes + bytes > MAX_BYTES;
  }

  add(document: DocumentToSend): void {
    this.documents.push(document);
    this.count(document);
  }

  get spanCount(): number {
    return this.spans;
  }

  /** Grouped by service, because one process may use several service names. */
  get resourceSpans(): ResourceSpans[] {
    const services = new Map<string, ResourceSpans>();
    for (const { service, spans } of this.documents) {
      if (spans.length === 0) continue; // all of it is in progress, and spans have ends
      const key = JSON.stringify(service);
      let group = services.get(key);
      if (!group) {
        group = {
          resource: { attributes: keyValues(service) },
          scopeSpans: [{ scope: { name: 'nestjs-xray' }, spans: [] }],
        };
        services.set(key, group);
      }
      for (const span of spans) group.scopeSpans[0]!.spans.push(span);
    }
    return [...services.values()];
  }

  halves(): [SpanBatch, SpanBatch] {
    const middle = Math.ceil(this.documents.length / 2);
    return [
      new SpanBatch(this.documents.slice(0, middle)),
      new SpanBatch(this.documents.slice(middle)),
    ];
  }

  private count({ spans, bytes }: DocumentToSend): void {
    this.spans += spans.length;
    this.bytes += bytes;
  }
}
