import type { ExceptionDocument, SegmentDocument, StackFrameDocument } from '@nestjs-xray/document';
import {
  exceptionsOf,
  hintsOf,
  isLibrary,
  nearestSource,
  subjectOf,
  operationOf,
  pathOf,
  placeOf,
  remembered,
  type Status,
  type TraceNode,
  type TraceTree,
  withoutLiterals,
} from '@nestjs-xray/trace';
import { binOf } from './bins';
import { cut, EXCEPTION, type Facet, HINT, keyOf, ROUTE, STATEMENT, VERSION } from './facets';
import { shapeOf } from './message-shape';

/** How often, and for how long, a trace had a facet on a route, of durations in one bin. */
export interface Occurrence {
  facet: Facet;
  /** The route on which it occurred; undefined for a route itself. */
  route?: Facet;
  bin: number;
  count: number;
  seconds: number;
  /** How many of them ended so. */
  fault: number;
  error: number;
  throttle: number;
  /**
   * 1 on one of the trace's occurrences of a name (of a hint: of the facet), else 0: their sum over
   * traces is the number of traces.
   */
  traces: number;
}

/** The most facets counted for one trace, which bounds the rows written for it. */
const MAX_FACETS = 500;
/** More than there are places of facets. */
const PLACES = 1024;

/** The costliest hint of a trace, shown in its row. */
export interface StoredHint {
  kind: string;
  title: string;
}

/** All that a trace adds to the aggregates. Hints are found once its root segment has ended. */
export function findings(tree: TraceTree): { occurrences: Occurrence[]; hint?: StoredHint } {
  const collected = new Collected();
  const routes = new Map<TraceNode, Known>();
  const routeOf = (node: TraceNode): Known | undefined =>
    routes.get(node.segment ?? node) ?? routes.values().next().value;
  for (const node of tree.nodes) {
    if (node.kind !== 'segment') continue;
    const route = collected.known(routeFacet(node));
    if (!route) continue;
    routes.set(node, route);
    if (node.inProgress) continue;
    collected.add(route, undefined, node.total, node.status);
    const version = versionFacet(node);
    if (version) collected.add(collected.known(version), undefined, node.total, node.status);
  }
  const add = (facet: Facet, node: TraceNode): void =>
    collected.add(collected.known(facet), routeOf(node), node.total, node.status);
  for (const node of tree.nodes) {
    if (!node.inProgress && node.hue !== 'own') {
      const facet = statementFacet(node);
      if (facet) add(facet, node);
    }
    if (typeof node.doc.cause !== 'object') continue;
    for (const facet of exceptionFacets(node)) add(facet, node);
  }
  const hints = tree.responseEnd === undefined ? [] : hintsOf(tree);
  for (const hint of hints) {
    const node = tree.byKey.get(hint.nodes[0] ?? '');
    const { kind, subject, place } = hint;
    const facet = collected.known({
      kind: HINT,
      name: kind,
      body: { subject: cut(subject, 200), ...(place !== undefined && { place: cut(place, 200) }) },
    });
    collected.add(facet, node && routeOf(node), hint.cost, 'ok', hint.nodes.length);
  }
  const occurrences = [...collected.all.values()];
  const worst = hints[0];
  if (!worst) return { occurrences };
  return { occurrences, hint: { kind: worst.kind, title: cut(worst.title, 200) } };
}

/** A facet of the trace, with its place among them. */
interface Known {
  facet: Facet;
  place: number;
}

class Collected {
  readonly all = new Map<number, Occurrence>();
  private readonly byKey = new Map<string, Known>();
  private readonly names = new Set<string>();

  /** The facet as first seen in the trace; undefined beyond the limit for one trace. */
  known(facet: Facet): Known | undefined {
    const key = keyOf(facet);
    let known = this.byKey.get(key);
    if (!known && this.byKey.size < MAX_FACETS) {
      this.byKey.set(key, (known = { facet, place: this.byKey.size + 1 }));
    }
    return known;
  }

  add(
    known: Known | undefined,
    route: Known | undefined,
    seconds: number,
    status: Status,
    count = 1,
  ): void {
    if (!known) return;
    const { facet } = known;
    const bin = binOf(seconds);
    const key = (bin * PLACES + known.place) * PLACES + (route?.place ?? 0);
    let found = this.all.get(key);
    if (!found) {
      // Count each hint of a kind separately: a trace may have several.
      const name = facet.kind === HINT ? keyOf(facet) : `${facet.kind} ${facet.name}`;
      const traces = this.names.has(name) ? 0 : 1;
      this.names.add(name);
      found = { facet, bin, count: 0, seconds: 0, fault: 0, error: 0, throttle: 0, traces };
      if (route) found.route = route.facet;
      this.all.set(key, found);
    }
    found.count += count;
    found.seconds += seconds;
    if (status !== 'ok') found[status]++;
  }
}

const ID_IN_PATH = /\/(\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,})(?=\/|$)/gi;

/** `GET /api/activities/home` of a service; a message's pattern, or the segment's name, for what came over no HTTP. */
function routeFacet(node: TraceNode): Facet {
  const doc = node.doc as SegmentDocument;
  const { method, url } = doc.http?.request ?? {};
  const recorded = doc.annotations?.http_route;
  const nest = doc.metadata?.nest as { route?: unknown; handler?: unknown } | undefined;
  const path =
    typeof recorded === 'string'
      ? recorded
      : url !== undefined
        ? pathOf(url).replace(ID_IN_PATH, '/:id')
        : [nest?.route, nest?.handler].find((each) => typeof each === 'string');
  const verb = method ?? (url === undefined ? 'JOB' : '');
  const body = {
    service: cut(node.name, 200),
    method: cut(verb, 20),
    path: cut(path ?? node.name, 300),
  };
  return { kind: ROUTE, name: [body.method, body.path].filter(Boolean).join(' '), body };
}

const textOf = remembered((statement) =>
  cut(withoutLiterals(statement.slice(0, 4_000).replace(/\s+/g, ' ').trim())),
);
const tableOf = remembered((statement) => cut(subjectOf(statement), 200));

/** The version of a segment's service: `service.version` of its document. */
function versionFacet({ doc, name }: TraceNode): Facet | undefined {
  const version: unknown = (doc as SegmentDocument).service?.version;
  if (typeof version !== 'string' || version === '') return undefined;
  return { kind: VERSION, name: cut(version, 200), body: { service: cut(name, 200) } };
}

/** A query without literals, or an AWS operation with its table or bucket. */
function statementFacet(node: TraceNode): Facet | undefined {
  const { doc, tag } = node;
  const place = callerOf(node)?.title;
  const statement = 'sql' in doc ? doc.sql?.sanitized_query : undefined;
  const source = nearestSource(node)?.place;
  const common = {
    ...(place !== undefined && { place: cut(place, 200) }),
    ...(source && { file: cut(source.path, 500), line: source.line }),
  };
  if (statement !== undefined) {
    const text = textOf(statement);
    const type = 'sql' in doc ? doc.sql?.database_type : undefined;
    const database = [type, node.name].filter((each) => typeof each === 'string').join(' ');
    return {
      kind: STATEMENT,
      name: text,
      body: {
        tag: 'SQL',
        text,
        subject: tableOf(text),
        database: cut(database, 200),
        ...common,
      },
    };
  }
  if (tag !== 'AWS') return undefined;
  const text = cut(operationOf(node).label, 300);
  return { kind: STATEMENT, name: text, body: { tag: 'AWS', text, ...common } };
}

/** The method that made the call: the nearest ancestor that is not itself a call. */
function callerOf(node: TraceNode): TraceNode | undefined {
  let up = node.parent;
  while (up && up.hue !== 'own') up = up.parent;
  return up;
}

/** The exceptions that began at this node; nodes above that pass them on do not count them again. */
function exceptionFacets(node: TraceNode): Facet[] {
  if (node.passedUp) return [];
  const all = exceptionsOf(node);
  const causes = new Set(all.map(({ cause }) => cause));
  const heads = all.filter(({ id }) => !causes.has(id));
  return (heads.length > 0 ? heads : all).slice(0, 5).map((each) => exceptionFacet(each, node));
}

/** The facet of an exception. */
export function exceptionFacet(exception: ExceptionDocument, node: TraceNode): Facet {
  const type = cut(exception.type ?? 'Error', 100);
  const message = shapeOf(exception.message ?? '');
  const frame = firstOwnFrame(exception.stack);
  const place = frame && placeOf(frame.path, frame.line);
  const label = frame?.label || node.title;
  return {
    kind: EXCEPTION,
    name: cut(`${type}: ${message}${place === undefined ? '' : ` at ${place}`}`, 700),
    body: {
      type,
      message,
      status: node.status,
      place: cut(label, 200),
      ...(frame?.path !== undefined && { file: cut(frame.path, 500) }),
      ...(frame?.line !== undefined && { line: frame.line }),
    },
  };
}

function firstOwnFrame(stack: StackFrameDocument[] | undefined): StackFrameDocument | undefined {
  return Array.isArray(stack) ? stack.find((frame) => !isLibrary(frame)) : undefined;
}
