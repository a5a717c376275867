import { PARTIAL } from './node-flags';
import type { TraceModel } from './trace-model';

/**
 * What a trace's nodes and edges are, without numbers that differ from one trace to
 * the next. Traces of one kind of request share one shape, so whatever can be told
 * from the shape is computed once for all of them.
 */
export interface Shape {
  nodes: ShapeNode[];
  edges: ShapeEdge[];
}

export interface ShapeNode {
  name: string;
  type: string | undefined;
  account: string | undefined;
  variants: Variant[];
}

export interface ShapeEdge {
  /** Place in `Shape.nodes`. */
  from: number;
  to: number;
  variants: Variant[];
}

/** The visits or calls that went alike. */
export interface Variant {
  /** Bits of node-flags. */
  flags: number;
  /** 0 when there was none. */
  status: number;
  method: string;
}

/** A shape as canonical JSON, and the times of the one trace: equal traces but for their times have equal shapes. */
export interface EncodedShape {
  shape: string;
  /**
   * Microseconds: of one variant divided by `,`, the variants by `;`, in the order in which
   * they stand in the shape, nodes before edges. What is in progress has a `-`.
   */
  times: string;
}

type EncodedVariant = [flags: number, status: number, method: string];
type Encoded = {
  n: [name: string, type: string, account: string, variants: EncodedVariant[]][];
  e: [from: number, to: number, variants: EncodedVariant[]][];
};

/** Any other method is not one of HTTP's, and could create a separate shape for each request. */
const METHODS = new Set([
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'CONNECT',
  'TRACE',
]);

/** Whether shapes tell this method from others. */
export function isCommonMethod(method: string): boolean {
  return METHODS.has(method);
}

interface Part {
  key: string;
  name: string;
  type: string;
  account: string;
  from: number;
  to: number;
  variants: Map<string, { variant: EncodedVariant; times: string }>;
}

/** Encodes a trace's shape and times. */
export function encodeShape({ visits, calls }: TraceModel): EncodedShape {
  const nodes = new Map<string, Part>();
  const nodeOf = visits.map((visit) => {
    const { name, type = '', account = '' } = visit;
    const node = part(nodes, visit.key);
    node.name = name;
    node.type = type;
    node.account = account;
    addVariant(node, visit);
    return node;
  });
  const sortedNodes = sorted(nodes);
  sortedNodes.forEach((node, at) => (node.from = at));
  const edges = new Map<string, Part>();
  for (const call of calls) {
    const from = nodeOf[call.from.index]!.from;
    const to = nodeOf[call.to.index]!.from;
    const edge = part(edges, `${String(from).padStart(6, '0')} ${String(to).padStart(6, '0')}`);
    edge.from = from;
    edge.to = to;
    addVariant(edge, call);
  }
  const times: string[] = [];
  const encoded: Encoded = {
    n: sortedNodes.map((node) => [node.name, node.type, node.account, encodeVariants(node, times)]),
    e: sorted(edges).map((edge) => [edge.from, edge.to, encodeVariants(edge, times)]),
  };
  return { shape: JSON.stringify(encoded), times: times.join(';') };
}

function part(parts: Map<string, Part>, key: string): Part {
  let found = parts.get(key);
  if (!found) {
    found = { key, name: '', type: '', account: '', from: 0, to: 0, variants: new Map() };
    parts.set(key, found);
  }
  return found;
}

function sorted(parts: Map<string, Part>): Part[] {
  return [...parts.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function addVariant(
  { variants }: Part,
  visit: { flags: number; status: number; method: string; time: number },
): void {
  const method = METHODS.has(visit.method) ? visit.method : visit.method && 'other';
  const key = `${visit.flags} ${visit.status} ${method}`;
  const time = visit.flags & PARTIAL ? '-' : String(visit.time);
  const found = variants.get(key);
  if (found) found.times += `,${time}`;
  else variants.set(key, { variant: [visit.flags, visit.status, method], times: time });
}

function encodeVariants({ variants }: Part, times: string[]): EncodedVariant[] {
  if (variants.size === 1) {
    for (const each of variants.values()) {
      times.push(each.times);
      return [each.variant];
    }
  }
  return [...variants.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => {
      times.push(each.times);
      return each.variant;
    });
}

/** Reads what {@link encodeShape} wrote. */
export function decodeShape(shape: string): Shape {
  const { n, e } = JSON.parse(shape) as Encoded;
  return {
    nodes: n.map(([name, type, account, variants]) => ({
      name,
      type: type || undefined,
      account: account || undefined,
      variants: variants.map(decodeVariant),
    })),
    edges: e.map(([from, to, variants]) => ({ from, to, variants: variants.map(decodeVariant) })),
  };
}

function decodeVariant([flags, status, method]: EncodedVariant): Variant {
  return { flags, status, method };
}

/** The seconds of the visits of one variant, by its place in the shape; NaN for one in progress. */
export type TimesOf = (variant: number) => number[];

/**
 * Reads the `times` of a trace: for each variant, in the shape's order, the seconds of
 * its visits; NaN for one in progress, which therefore satisfies no comparison.
 */
export function decodeTimes(times: string): number[][] {
  return times === '' ? [] : times.split(';').map(decodeList);
}

/** Reads the times of single variants, as they are asked for. */
export function timesOf(times: string): TimesOf {
  return (variant) => {
    let from = 0;
    for (let at = 0; at < variant; at++) from = times.indexOf(';', from) + 1;
    const to = times.indexOf(';', from);
    return decodeList(to < 0 ? times.slice(from) : times.slice(from, to));
  };
}

function decodeList(list: string): number[] {
  if (!list.includes(',')) return [list === '-' ? NaN : +list / 1e6];
  return list.split(',').map((time) => (time === '-' ? NaN : +time / 1e6));
}
