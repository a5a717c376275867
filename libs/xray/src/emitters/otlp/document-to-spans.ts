import {
  type OtlpSpan,
  resourceAttributes,
  type SegmentDocument,
  spanOf,
  type SubsegmentDocument,
  w3cTraceId,
} from '../../document';
import type { RecordedNode, SpanFace } from '../../core/recorded-node';
import {
  localEnvironment,
  localOperation,
  signalsAttributes,
  type LocalService,
} from './application-signals';
import { apiSpan, withApiData } from './api-span';

/** The resource and the spans of one document. */
export interface DocumentSpans {
  resource: Record<string, unknown>;
  spans: OtlpSpan[];
}

type AnyDocument = SegmentDocument & SubsegmentDocument;

/**
 * Turns a segment, or a subsegment sent on its own, into OpenTelemetry spans with the semantic
 * conventions of HTTP, RPC, databases and exceptions. Ids, times and nesting are kept.
 *
 * If `node` is given, values set on it through the OpenTelemetry API are kept as they were set. The
 * user's attributes in `resource` take precedence. A span needs an end, so nodes in progress are
 * left out until the document that is sent when they have ended.
 * @see https://opentelemetry.io/docs/specs/semconv/
 */
export function documentSpans(
  document: AnyDocument,
  node?: RecordedNode,
  resource: Record<string, string> = {},
): DocumentSpans {
  const isSegment = document.type !== 'subsegment';
  const root = node?.root ?? document;
  const own = resourceAttributes(isSegment ? document : root);
  const context: Context = {
    traceId: w3cTraceId(document.trace_id),
    spans: [],
    local: {
      service: resource['service.name'] ?? root.name,
      environment: localEnvironment({ ...own, ...resource }),
      operation: localOperation(root),
    },
  };
  addSpan(context, document, document.parent_id, isSegment, node);
  return {
    resource: isSegment ? own : {},
    spans: context.spans,
  };
}

interface Context {
  traceId: string;
  spans: OtlpSpan[];
  local: LocalService;
}

function addSpan(
  context: Context,
  node: AnyDocument | SubsegmentDocument,
  parentSpanId: string | undefined,
  isSegment: boolean,
  recorded?: RecordedNode,
): void {
  if (node.end_time !== undefined) {
    const document = node as AnyDocument;
    const span = spanOf(context.traceId, document, parentSpanId, isSegment);
    const complete = withApiValues(span, document, recorded?.span?.data);
    complete.attributes.push(...signalsAttributes(complete, document, isSegment, context.local));
    context.spans.push(complete);
  }
  // The document may omit some siblings, but has the others in the same order.
  const siblings = recorded?.subsegments ?? [];
  let at = 0;
  node.subsegments?.forEach((child) => {
    while (at < siblings.length && siblings[at]!.id !== child.id) at++;
    addSpan(context, child, node.id, false, siblings[at]);
  });
}

/** Adds what was set through the OpenTelemetry API to the span of a node. */
export function withApiValues(
  span: OtlpSpan,
  node: AnyDocument,
  data: SpanFace['data'] | undefined,
): OtlpSpan {
  if (data === undefined) return span;
  return data.name === undefined ? withApiData(span, data) : apiSpan(span, node, data);
}
