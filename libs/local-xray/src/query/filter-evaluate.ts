import type { AnnotationValue } from '@nestjs-xray/document';
import { buildTree } from '@nestjs-xray/trace';
import type { FacetKind } from '../aggregates/facets';
import { findings } from '../aggregates/occurrences';
import { stitch } from '../trace/stitch';
import type { Filter } from './filter-ast';
import { decideOnCauses, decideOnJson } from './filter-causes';
import { keywordOf } from './filter-keywords';
import {
  compareAnnotation,
  compareNumber,
  compareText,
  decide,
  type Leaf,
  type Verdict,
} from './filter-logic';
import { decideOnModel, decideOnShape } from './filter-nodes';
import type { TraceSummary } from '../trace/summary.types';
import { buildTraceModel, type TraceModel } from '../trace/trace-model';
import { decodeShape, encodeShape, timesOf, type Shape, type TimesOf } from '../trace/trace-shape';
import { traceFacts } from '../trace/trace-summary';
import type { AnyDocument } from '../trace/trace-tree';

/**
 * A trace as filters read it. The functions may be expensive. They are called in this order and
 * only when needed.
 */
export interface TraceView {
  /** The four bits of `traces.flags`. */
  flags: number;
  /** Seconds. */
  duration: number;
  responseTime: number | null;
  status: number | null;
  method: string | null;
  url: string | null;
  userAgent: string | null;
  clientIp: string | null;
  users: readonly string[];
  shape(): Shape;
  times(): TimesOf;
  summary(): TraceSummary;
  /** Names of the trace's facets of one kind. */
  facets(kind: FacetKind): readonly string[];
  model(): TraceModel;
}

/** A view of the trace that consists of these documents. */
export function viewDocuments(id: string, documents: readonly AnyDocument[]): TraceView {
  const model = buildTraceModel(documents);
  const { flags, duration, responseTime, http, users, summary } = traceFacts(id, model);
  const { shape: encoded, times } = encodeShape(model);
  const shape = decodeShape(encoded);
  return {
    flags,
    duration,
    responseTime,
    status: http?.HttpStatus ?? null,
    method: http?.HttpMethod ?? null,
    url: http?.HttpURL ?? null,
    userAgent: http?.UserAgent ?? null,
    clientIp: http?.ClientIp ?? null,
    users,
    shape: () => shape,
    times: () => timesOf(times),
    summary: () => summary,
    facets: (kind) => facetNames(id, documents, kind),
    model: () => model,
  };
}

function facetNames(id: string, documents: readonly AnyDocument[], kind: FacetKind): string[] {
  const end = Math.max(0, ...documents.map(({ start_time, end_time = start_time }) => end_time));
  const { occurrences } = findings(buildTree({ id, ...stitch(documents) }, end));
  return occurrences.filter(({ facet }) => facet.kind === kind).map(({ facet }) => facet.name);
}

/** The data that a condition may read, cheapest first. */
const ROW = 0;
const SHAPE = 1;
const TIMES = 2;
const SUMMARY = 3;
const DOCUMENTS = 4;

/** Whether a trace matches a filter whose groups are resolved. */
export function matches(filter: Filter, view: TraceView): boolean {
  for (const upTo of evidenceFor(filter)) {
    const verdict = decide(filter, (leaf) => decideLeaf(leaf, view, upTo));
    if (verdict !== undefined) return verdict;
  }
  throw new Error('Cannot evaluate the filter: all data was read and it is still undecided');
}

const remembered = new WeakMap<Filter, number[]>();

/** The steps at which new data becomes available to the filter. */
function evidenceFor(filter: Filter): number[] {
  let steps = remembered.get(filter);
  if (!steps) {
    const found = new Set<number>();
    collectEvidence(filter, found);
    steps = [...found].sort();
    // A filter without conditions matches every trace.
    if (steps.length === 0) steps.push(ROW);
    remembered.set(filter, steps);
  }
  return steps;
}

function collectEvidence(filter: Filter, found: Set<number>): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.items.forEach((item) => collectEvidence(item, found));
    case 'not':
      return collectEvidence(filter.item, found);
    case 'service':
    case 'edge':
      return [SHAPE, TIMES, DOCUMENTS].forEach((each) => found.add(each));
    case 'boolean':
    case 'number':
      return void found.add(ROW);
    case 'text':
      return void found.add(evidenceOf(filter.keyword));
    default:
      return void found.add(SUMMARY);
  }
}

function decideLeaf(leaf: Leaf, view: TraceView, upTo: number): Verdict {
  switch (leaf.kind) {
    case 'boolean': {
      const { trace } = keywordOf('boolean', leaf.keyword);
      if (trace && 'read' in trace) return trace.read(view) === leaf.is;
      throw new Error(
        `${leaf.keyword} is an abbreviation and must be expanded before the filter is evaluated`,
      );
    }
    case 'number':
      return compareNumber(
        keywordOf('number', leaf.keyword).trace!.read(view),
        leaf.op,
        leaf.value,
      );
    case 'text': {
      if (upTo < evidenceOf(leaf.keyword)) return undefined;
      const texts = keywordOf('text', leaf.keyword).trace!.read(view);
      return texts.some((text) => compareText(text, leaf.op, leaf.value));
    }
    case 'annotation':
      if (upTo < SUMMARY) return undefined;
      return annotationsOf(view.summary(), leaf.key).some((value) =>
        compareAnnotation(value, leaf.op, leaf.value),
      );
    case 'service':
    case 'edge':
      if (upTo >= DOCUMENTS) return decideOnModel(leaf, view.model());
      if (upTo < SHAPE) return undefined;
      return decideOnShape(leaf, view.shape(), upTo >= TIMES ? view.times() : undefined);
    case 'rootcause':
      return upTo >= SUMMARY ? decideOnCauses(leaf, view.summary()) : undefined;
    case 'rootcause.json':
      return upTo >= SUMMARY ? decideOnJson(leaf.value, view.summary()) : undefined;
  }
}

/** The data needed to read a text. Texts with a column of their own are cheapest. */
function evidenceOf(keyword: string): number {
  return keywordOf('text', keyword).trace?.column === undefined ? SUMMARY : ROW;
}

function annotationsOf({ Annotations }: TraceSummary, key: string): AnnotationValue[] {
  if (!Object.hasOwn(Annotations, key)) return [];
  return Annotations[key]!.map(
    ({ AnnotationValue: { StringValue, NumberValue, BooleanValue } }) =>
      (StringValue ?? NumberValue ?? BooleanValue)!,
  );
}
