import type { NodeDocument, SegmentDocument } from '@nestjs-xray/document';
import type { Filter, Target } from './filter-ast';
import { keywordOf } from './filter-keywords';
import {
  compareAnnotation,
  compareNumber,
  compareText,
  decide,
  some,
  type Leaf,
  type Verdict,
} from './filter-logic';
import { INFERRED, PARTIAL, ROOT } from '../trace/node-flags';
import type { Call, TraceModel, Visit } from '../trace/trace-model';
import { type Shape, type ShapeNode, type TimesOf, type Variant } from '../trace/trace-shape';
import { walk } from '../trace/trace-tree';

type NodeFilter = Extract<Filter, { kind: 'service' | 'edge' }>;
type EdgeFilter = Extract<NodeFilter, { kind: 'edge' }>;

/**
 * What is known about one visit or call. A missing function means that its data has not been read
 * yet.
 */
export interface Probe {
  name: string;
  type: string | undefined;
  flags: number;
  status: number;
  method: Verdict | string;
  /** Seconds, NaN while in progress; undefined if unknown. */
  seconds: number | undefined;
  documents?: Documents;
}

export interface Documents {
  /** The document whose `http` is read. */
  node: NodeDocument;
  /** The segments whose user, host and resource are read. */
  segments: SegmentDocument[];
  /** The documents whose annotations and exceptions are read. */
  parts: () => NodeDocument[];
}

/** Whether a node matches a target. */
export function meets(
  target: Target,
  node: { name: string; type?: string; account?: string },
): boolean {
  if (target.name !== undefined && target.name !== node.name) return false;
  if (target.type !== undefined && target.type !== node.type) return false;
  return target.account === undefined || target.account === node.account;
}

/** A variant of a shape for which the times or documents decide whether it matches. */
interface OpenVariant {
  /** Index among all variants of the shape. */
  at: number;
  node: ShapeNode;
  variant: Variant;
}

/** Results of conditions on shapes, cached because the same shapes recur. */
const remembered = new WeakMap<Shape, Map<NodeFilter, boolean | OpenVariant[]>>();

/**
 * Decides `service(…) { }` or `edge(…) { }` from a shape, with the trace's times if they are known.
 */
export function decideOnShape(filter: NodeFilter, shape: Shape, times?: TimesOf): Verdict {
  const { where } = filter;
  const open = openVariants(filter, shape);
  if (typeof open === 'boolean') return open;
  if (!times || !where) return undefined;
  return some(open, ({ at, node, variant }) =>
    some(times(at), (seconds) => decideOnVariant(where, node, variant, seconds)),
  );
}

function openVariants(filter: NodeFilter, shape: Shape): boolean | OpenVariant[] {
  const ofShape = remembered.get(shape) ?? new Map<NodeFilter, boolean | OpenVariant[]>();
  remembered.set(shape, ofShape);
  let open = ofShape.get(filter);
  if (open === undefined) {
    // Filters change often, shapes rarely.
    if (ofShape.size >= 8) ofShape.clear();
    ofShape.set(filter, (open = findOpenVariants(filter, shape)));
  }
  return open;
}

/**
 * The edge from a client to the node that it called. X-Ray's graph has one for each root, of type
 * `client` and named after the called service.
 */
function clientEdge(filter: NodeFilter): EdgeFilter | undefined {
  return filter.kind === 'edge' && filter.from.type === 'client' ? filter : undefined;
}

/** Whether the client's edge to this node matches. */
function meetsClient(
  { from, to }: EdgeFilter,
  node: { name: string; type?: string; account?: string },
): boolean {
  return meets(from, { ...node, type: 'client' }) && meets(to, node);
}

function findOpenVariants(filter: NodeFilter, { nodes, edges }: Shape): boolean | OpenVariant[] {
  const { where } = filter;
  const ofClient = clientEdge(filter);
  const open: OpenVariant[] = [];
  let at = 0;
  const met = (variants: Variant[], node: ShapeNode): boolean =>
    variants.some((variant, index) => {
      if (ofClient && !(variant.flags & ROOT)) return false;
      const verdict = where ? decideOnVariant(where, node, variant, undefined) : true;
      if (verdict === undefined) open.push({ at: at + index, node, variant });
      return verdict === true;
    });
  for (const node of nodes) {
    const meant =
      filter.kind === 'service'
        ? meets(filter.target, node)
        : ofClient !== undefined && meetsClient(ofClient, node);
    if (meant && met(node.variants, node)) return true;
    at += node.variants.length;
  }
  if (filter.kind === 'edge' && !ofClient) {
    for (const { from, to, variants } of edges) {
      const callee = nodes[to]!;
      const wanted = meets(filter.from, nodes[from]!) && meets(filter.to, callee);
      if (wanted && met(variants, callee)) return true;
      at += variants.length;
    }
  }
  return open.length > 0 && open;
}

function decideOnVariant(
  where: Filter,
  node: ShapeNode,
  variant: Variant,
  seconds: number | undefined,
): Verdict {
  const { name, type } = node;
  const { flags, status } = variant;
  const method = variant.method === 'other' ? undefined : variant.method;
  return decideOnProbe(where, {
    name,
    type,
    flags,
    status,
    method,
    seconds: seconds ?? (flags & PARTIAL ? NaN : undefined),
  });
}

/** Decides `service(…) { }` or `edge(…) { }` from a trace's documents. */
export function decideOnModel(filter: NodeFilter, model: TraceModel): boolean {
  const { where } = filter;
  if (filter.kind === 'service') {
    const visits = model.visits.filter((visit) => meets(filter.target, visit));
    return visits.some(
      (visit) => !where || decideOnProbe(where, visitProbe(visit, model)) === true,
    );
  }
  const ofClient = clientEdge(filter);
  if (ofClient) {
    return model.visits.some(
      (visit) =>
        (visit.flags & ROOT) !== 0 &&
        meetsClient(ofClient, visit) &&
        (!where || decideOnProbe(where, visitProbe(visit, model)) === true),
    );
  }
  const calls = model.calls.filter(
    ({ from, to }) => meets(filter.from, from) && meets(filter.to, to),
  );
  return calls.some((call) => !where || decideOnProbe(where, callProbe(call)) === true);
}

function visitProbe(visit: Visit, model: TraceModel): Probe {
  const { name, type, flags, status, method, document } = visit;
  const seconds = visit.time < 0 ? NaN : visit.time / 1e6;
  const segments = flags & INFERRED ? [] : [document as SegmentDocument];
  return {
    name,
    type,
    flags,
    status,
    method,
    seconds,
    documents: {
      node: document,
      segments,
      parts: () => {
        const parts: NodeDocument[] = [];
        walk([document], model.tree.childrenOf, (part) => parts.push(part));
        return parts;
      },
    },
  };
}

function callProbe({ from, to, flags, status, method, time, document }: Call): Probe {
  // The callee knows best which caller it worked for. An inferred callee knows nothing.
  const segments = [to, from]
    .filter((visit) => !(visit.flags & INFERRED))
    .map((visit) => visit.document);
  return {
    name: to.name,
    type: to.type,
    flags,
    status,
    method,
    seconds: time < 0 ? NaN : time / 1e6,
    documents: { node: document, segments: segments as SegmentDocument[], parts: () => [document] },
  };
}

function decideOnProbe(where: Filter, probe: Probe): Verdict {
  return decide(where, (leaf) => decideLeaf(leaf, probe));
}

function decideLeaf(leaf: Leaf, probe: Probe): Verdict {
  switch (leaf.kind) {
    case 'boolean':
      return keywordOf('boolean', leaf.keyword).node!(probe) === leaf.is;
    case 'number': {
      const amount = keywordOf('number', leaf.keyword).node!(probe);
      return amount === 'unknown' ? undefined : compareNumber(amount, leaf.op, leaf.value);
    }
    case 'text': {
      const { node, nodeGuess } = keywordOf('text', leaf.keyword);
      const texts = node!(probe);
      if (!texts) return nodeGuess?.(leaf.op, leaf.value);
      return texts.some((text) => compareText(text, leaf.op, leaf.value));
    }
    case 'annotation':
      return (
        probe.documents &&
        annotationsOf(probe.documents, leaf.key).some((each) =>
          compareAnnotation(each, leaf.op, leaf.value),
        )
      );
    default:
      throw new Error(`${leaf.kind} cannot be used in braces`);
  }
}

function annotationsOf({ parts }: Documents, key: string): (string | number | boolean)[] {
  return parts().flatMap(({ annotations }) =>
    annotations && Object.hasOwn(annotations, key) ? [annotations[key]!] : [],
  );
}
