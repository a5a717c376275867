import {
  keyValues,
  type OtlpSpan,
  readJson,
  resourceAttributes,
  type ResourceSpans,
  type SegmentDocument,
  spanOf,
  type SubsegmentDocument,
  w3cTraceId,
} from '@nestjs-xray/document';

type AnyDocument = SegmentDocument & SubsegmentDocument;
type Resource = ReturnType<typeof resourceAttributes>;

/** The number of nodes whose service is cached. */
const MAX_NODES = 20_000;
/** How many levels up to search for a subsegment's segment. */
const MAX_STEPS = 100;
const UNKNOWN: Resource = { 'service.name': 'unknown_service' };

/**
 * Turns documents into OTLP's spans, by service. A subsegment that was sent on its own does not say whose it is,
 * so the services of nodes that came lately are remembered.
 */
export class DocumentsToOtlp {
  /** A node's resource, or the node above it. */
  private readonly known = new Map<string, Resource | string>();

  /** @param lost called with the reason when a document cannot be converted to spans */
  constructor(private readonly lost: (why: string) => void) {}

  resourceSpans(texts: string[]): ResourceSpans[] {
    const read = texts.flatMap((text) => {
      try {
        const document = readJson(text) as AnyDocument;
        this.remember(document);
        return [{ document, spans: spansOf(document) }];
      } catch (error) {
        this.lost(`it has no form as spans: ${(error as Error).message}`);
        return [];
      }
    });
    const groups = new Map<string, ResourceSpans>();
    for (const { document, spans } of read) {
      if (spans.length === 0) continue;
      const attributes = keyValues(this.resourceOf(keyOf(document, document.id)));
      const key = JSON.stringify(attributes);
      let group = groups.get(key);
      if (!group) {
        const scopeSpans = [{ scope: { name: 'local-xray' }, spans: [] }];
        groups.set(key, (group = { resource: { attributes }, scopeSpans }));
      }
      for (const span of spans) group.scopeSpans[0]!.spans.push(span);
    }
    return [...groups.values()];
  }

  private remember(document: AnyDocument): void {
    const of =
      document.type === 'subsegment'
        ? keyOf(document, document.parent_id ?? '')
        : resourceOf(document);
    for (const { id } of nodesOf(document)) this.known.set(keyOf(document, id), of);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MAX_NODES) break;
      this.known.delete(oldest);
    }
  }

  private resourceOf(key: string): Resource {
    let found = this.known.get(key);
    for (let step = 0; typeof found === 'string' && step < MAX_STEPS; step++) {
      found = this.known.get(found);
    }
    return typeof found === 'object' ? found : UNKNOWN;
  }
}

function keyOf({ trace_id }: AnyDocument, id: string): string {
  return `${trace_id} ${id}`;
}

/** Documents do not say which SDK wrote them. */
function resourceOf(segment: SegmentDocument): Resource {
  return {
    ...resourceAttributes(segment),
    'telemetry.sdk.name': undefined,
    'telemetry.sdk.language': undefined,
  };
}

/** Spans must have an end, so documents in progress are skipped: a complete one follows. */
function spansOf(document: AnyDocument): OtlpSpan[] {
  const traceId = w3cTraceId(document.trace_id);
  const isSegment = document.type !== 'subsegment';
  const top = document.parent_id;
  return [...nodesOf(document, top)]
    .filter(({ node }) => node.end_time !== undefined)
    .map(({ node, parent }) => spanOf(traceId, node, parent, isSegment && node === document));
}

/** A node and its descendants. */
function* nodesOf(
  node: AnyDocument,
  parent?: string,
): Generator<{ id: string; node: AnyDocument; parent: string | undefined }> {
  yield { id: node.id, node, parent };
  for (const each of node.subsegments ?? []) yield* nodesOf(each as AnyDocument, node.id);
}
