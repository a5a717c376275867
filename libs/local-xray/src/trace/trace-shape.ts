import { PARTIAL } from './node-flags';
import type { TraceModel } from './trace-model';

/**
 * The nodes and edges of a trace, without numbers that differ between traces. Traces of one kind of request share one
 * shape, so that whatever follows from the shape is computed once for all of them.
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
  /** Index in `Shape.nodes`. */
  from: number;
  to: number;
  variants: Variant[];
}

/** Visits or calls with the same outcome. */
export interface Variant {
  /** Bits defined in node-flags.ts. */
  flags: number;
  /** HTTP status; 0 if there is none. */
  status: number;
  method: string;
}

/** A shape as canonical JSON, and the times of one trace. Traces that differ only in times have the same shape. */
export interface EncodedShape {
  shape: string;
  /**
   * Microseconds, separated by `,` within a variant. Variants are separated by `;`, in the order of the shape, nodes
   * before edges. A visit or call in progress is `-`.
   */
  times: string;
}

type EncodedVariant = [flags: number, status: number, method: string];
type Encoded = {
  n: [name: string, type: string, account: string, variants: EncodedVariant[]][];
  e: [from: number, to: number, variants: EncodedVariant[]][];
};

/** Other methods are not stored in shapes, because a client could create a separate shape with each request. */
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

/** Whether shapes distinguish this method. */
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

/** Parses the shape from {@link encodeShape}. */
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

/** Returns the seconds of the visits of one variant, by its index in the shape; NaN for a visit in progress. */
export type TimesOf = (variant: number) => number[];

/**
 * Parses the `times` of a trace: for each variant, in the order of the shape, the seconds of its visits. A visit in
 * progress is NaN, which satisfies no comparison.
 */
export function decodeTimes(times: string): number[][] {
  return times === '' ? [] : times.split(';').map(decodeList);
}

/** Parses the times of a variant when they are requested. */
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
