import type { NodeDocument, SegmentDocument } from '@nestjs-xray/document';
import type { Filter, Target } from './filter-ast';
import {
  compareAnnotation,
  compareNumber,
  compareText,
  decide,
  some,
  type Leaf,
  type Verdict,
} from './filter-logic';
import { INFERRED, PARTIAL, ROOT, saysOf } from '../trace/node-flags';
import type { Call, TraceModel, Visit } from '../trace/trace-model';
import {
  isCommonMethod,
  type Shape,
  type ShapeNode,
  type TimesOf,
  type Variant,
} from '../trace/trace-shape';
import { walk } from '../trace/trace-tree';

type NodeFilter = Extract<Filter, { kind: 'service' | 'edge' }>;

/** What is known of one visit or call; a function that is not there is a question not to be answered yet. */
interface Probe {
  name: string;
  type: string | undefined;
  flags: number;
  status: number;
  method: Verdict | string;
  /** Seconds, NaN while in progress; undefined when not known. */
  seconds: number | undefined;
  documents?: Documents;
}

interface Documents {
  /** Whose `http` is asked for. */
  node: NodeDocument;
  /** Whose user, host and resource are asked for. */
  segments: SegmentDocument[];
  /** Whose annotations and exceptions are asked for. */
  parts: () => NodeDocument[];
}

/** Whether a node is the one that is meant. */
export function meets(
  target: Target,
  node: { name: string; type?: string; account?: string },
): boolean {
  if (target.name !== undefined && target.name !== node.name) return false;
  if (target.type !== undefined && target.type !== node.type) return false;
  return target.account === undefined || target.account === node.account;
}

/** A variant of a shape that may meet a condition or not, depending on its times or its documents. */
interface OpenVariant {
  /** Place among all variants of the shape. */
  at: number;
  node: ShapeNode;
  variant: Variant;
}

/** What shapes say of conditions, worked out once: the same shape is met again and again. */
const remembered = new WeakMap<Shape, Map<NodeFilter, boolean | OpenVariant[]>>();

/** Decides `service(…) { }` or `edge(…) { }` from a shape, with the trace's times if they are at hand. */
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
    // Filters come and go, and shapes stay.
    if (ofShape.size >= 8) ofShape.clear();
    ofShape.set(filter, (open = findOpenVariants(filter, shape)));
  }
  return open;
}

function findOpenVariants(filter: NodeFilter, { nodes, edges }: Shape): boolean | OpenVariant[] {
  const { where } = filter;
  const open: OpenVariant[] = [];
  let at = 0;
  const met = (variants: Variant[], node: ShapeNode): boolean =>
    variants.some((variant, index) => {
      const verdict = where ? decideOnVariant(where, node, variant, undefined) : true;
      if (verdict === undefined) open.push({ at: at + index, node, variant });
      return verdict === true;
    });
  for (const node of nodes) {
    if (filter.kind === 'service' && meets(filter.target, node) && met(node.variants, node))
      return true;
    at += node.variants.length;
  }
  if (filter.kind === 'edge') {
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
  // The callee knows best who it worked for; an inferred one knows nothing.
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
      return hasFlag(leaf.keyword, probe.flags) === leaf.is;
    case 'number':
      if (leaf.keyword === 'http.status')
        return compareNumber(probe.status || null, leaf.op, leaf.value);
      return probe.seconds === undefined
        ? undefined
        : compareNumber(probe.seconds, leaf.op, leaf.value);
    case 'text':
      return decideText(leaf, probe);
    case 'annotation':
      return (
        probe.documents &&
        annotationsOf(probe.documents, leaf.key).some((each) =>
          compareAnnotation(each, leaf.op, leaf.value),
        )
      );
    default:
      throw new Error(`${leaf.kind} cannot stand in braces`);
  }
}

function decideText(
  { keyword, op, value }: Extract<Leaf, { kind: 'text' }>,
  probe: Probe,
): Verdict {
  if (keyword === 'name') return compareText(probe.name, op, value);
  if (keyword === 'type') return compareText(probe.type, op, value);
  if (keyword === 'http.method') {
    if (typeof probe.method === 'string') return compareText(probe.method || null, op, value);
    // Set, but to none of the usual ones: that is enough to tell it from a usual one.
    if (op === undefined) return true;
    if ((op === '=' || op === '!=') && isCommonMethod(value!)) return op === '!=';
    return undefined;
  }
  return (
    probe.documents &&
    textsOf(keyword, probe.documents).some((text) => compareText(text, op, value))
  );
}

function hasFlag(keyword: string, flags: number): boolean {
  return saysOf(keyword, flags) ?? (flags & (keyword === 'root' ? ROOT : INFERRED)) !== 0;
}

function textsOf(keyword: string, { node, segments, parts }: Documents): (string | undefined)[] {
  switch (keyword) {
    case 'http.url':
      return [node.http?.request?.url];
    case 'http.useragent':
      return [node.http?.request?.user_agent];
    case 'http.clientip':
      return [node.http?.request?.client_ip];
    case 'user':
      return segments.map(({ user }) => user || undefined).slice(0, 1);
    case 'resource.arn':
      return segments.map(({ resource_arn }) => resource_arn).slice(0, 1);
    case 'instance.id':
      return segments.map((segment) => ec2(segment, 'instance_id')).slice(0, 1);
    case 'availabilityzone':
      return segments.map((segment) => ec2(segment, 'availability_zone')).slice(0, 1);
    default:
      return parts().flatMap(messagesOf);
  }
}

function ec2({ aws }: SegmentDocument, field: string): string | undefined {
  const value = (aws?.ec2 as Record<string, unknown> | null | undefined)?.[field];
  return typeof value === 'string' ? value : undefined;
}

function messagesOf({ cause }: NodeDocument): (string | undefined)[] {
  return typeof cause === 'object' && Array.isArray(cause?.exceptions)
    ? cause.exceptions.map(({ message }) => message)
    : [];
}

function annotationsOf({ parts }: Documents, key: string): (string | number | boolean)[] {
  return parts().flatMap(({ annotations }) =>
    annotations && Object.hasOwn(annotations, key) ? [annotations[key]!] : [],
  );
}
