import type { NodeDocument, SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';
import { inferredNode, passesMessagesOn } from './inferred-node';
import { flagsOf, INFERRED, microsecondsOf, PARTIAL, ROOT, statusOf } from './node-flags';
import { buildTraceTree, type AnyDocument, type TraceTree } from './trace-tree';

/** One visit of a trace to a node: a segment, or a call whose callee sends no segments. */
export interface Visit {
  /** Index in `TraceModel.visits`. */
  index: number;
  /** The same for all visits of one node. */
  key: string;
  name: string;
  /** The origin of the segment, or the type of the call's target. */
  type: string | undefined;
  account: string | undefined;
  /** Bits defined in node-flags.ts. */
  flags: number;
  /** Status of the response; 0 if there is none. */
  status: number;
  method: string;
  /** Microseconds, -1 while in progress. */
  time: number;
  document: SegmentDocument | SubsegmentDocument;
}

/** A call from one visit to another. */
export interface Call {
  from: Visit;
  to: Visit;
  flags: number;
  status: number;
  method: string;
  /** Microseconds as measured by the caller, -1 while in progress. */
  time: number;
  /** The caller's subsegment, or the callee's document if the caller recorded none. */
  document: NodeDocument;
}

/** A trace as visits to nodes and the calls between them. */
export interface TraceModel {
  tree: TraceTree;
  visits: Visit[];
  calls: Call[];
  /** The entry point: the earliest segment that no other segment of the trace called. */
  root: Visit | undefined;
  /** Whether a document has not ended, or the root or the parent of a subsegment has not arrived. */
  partial: boolean;
  /** For each subsegment its parent subsegment, or the visit it belongs to. */
  owners: Map<SubsegmentDocument, Owner>;
}

export interface Owner {
  /** Undefined for orphans. */
  visit: Visit | undefined;
  parent: SubsegmentDocument | undefined;
}

/**
 * Builds the model from the documents that have arrived, in any order.
 *
 * Never throws, and does not change the documents. The time is proportional to the size of the documents, whatever
 * their parent ids are, including loops.
 */
export function buildTraceModel(documents: readonly AnyDocument[]): TraceModel {
  return new ModelBuilder(buildTraceTree(documents)).build();
}

interface Entry {
  subsegment: SubsegmentDocument;
  parent: Entry | undefined;
  /** Whether a segment exists for this call, or for a call inside it. */
  answered: boolean;
  /** Whether it is inside a call to AWS, whose attempts are not separate calls. */
  withinAws: boolean;
}

class ModelBuilder {
  private readonly visits: Visit[] = [];
  private readonly calls: Call[] = [];
  private readonly owners: TraceModel['owners'] = new Map();
  /** Segments by the id of the subsegment that called them. */
  private readonly answers = new Map<string, Visit[]>();
  private readonly called = new Set<Visit>();
  private partial = false;

  constructor(private readonly tree: TraceTree) {}

  build(): TraceModel {
    const segments = this.tree.segments.map((segment) => this.addSegment(segment));
    for (const visit of segments) {
      this.answered(visit.document.id, visit, undefined);
      this.addCalls(visit.document, visit);
    }
    for (const orphan of this.tree.orphans) this.addCalls(orphan, undefined);
    const root = this.markRoots(segments);
    if (!root || this.tree.orphans.length > 0) this.partial = true;
    const { tree, visits, calls, partial, owners } = this;
    return { tree, visits, calls, root, partial, owners };
  }

  private addSegment(segment: SegmentDocument): Visit {
    const account = segment.aws?.account_id;
    const visit = this.addVisit(segment, {
      name: segment.name,
      type: segment.origin,
      account: typeof account === 'string' ? account : undefined,
    });
    if (segment.parent_id !== undefined && segment.parent_id !== segment.id) {
      const siblings = this.answers.get(segment.parent_id);
      if (siblings) siblings.push(visit);
      else this.answers.set(segment.parent_id, [visit]);
    }
    return visit;
  }

  private addVisit(
    document: SegmentDocument | SubsegmentDocument,
    node: Pick<Visit, 'name' | 'type' | 'account'>,
    flags = 0,
  ): Visit {
    const visit: Visit = {
      index: this.visits.length,
      // The lengths make the key unambiguous, whatever characters the names contain.
      key: `${node.name.length} ${node.name}${node.type?.length} ${node.type}${node.account}`,
      name: node.name,
      type: node.type,
      account: node.account,
      flags: flagsOf(document) | flags,
      status: statusOf(document),
      method: methodOf(document),
      time: microsecondsOf(document),
      document,
    };
    if (visit.flags & PARTIAL) this.partial = true;
    this.visits.push(visit);
    return visit;
  }

  /** Adds the calls of the subsegments below `top`, and of `top` itself if it is an orphan. */
  private addCalls(top: SegmentDocument | SubsegmentDocument, visit: Visit | undefined): void {
    const entries = this.collect(top, visit);
    if (this.answers.size > 0) {
      for (let at = entries.length - 1; at >= 0; at--) {
        const entry = entries[at]!;
        if (this.answers.has(entry.subsegment.id)) entry.answered = true;
        if (entry.answered && entry.parent) entry.parent.answered = true;
      }
    }
    for (const entry of entries) this.addCall(entry, visit);
  }

  private collect(top: SegmentDocument | SubsegmentDocument, visit: Visit | undefined): Entry[] {
    const entries: Entry[] = [];
    const add = (subsegment: SubsegmentDocument, parent: Entry | undefined) => {
      const withinAws = !!parent && (parent.withinAws || parent.subsegment.namespace === 'aws');
      entries.push({ subsegment, parent, answered: false, withinAws });
      this.owners.set(subsegment, { visit, parent: parent?.subsegment });
      if (subsegment.end_time === undefined || subsegment.in_progress) this.partial = true;
    };
    if (visit) for (const child of this.tree.childrenOf(top)) add(child, undefined);
    else add(top, undefined);
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at]!;
      for (const child of this.tree.childrenOf(entry.subsegment)) add(child, entry);
    }
    return entries;
  }

  private addCall(entry: Entry, from: Visit | undefined): void {
    const { subsegment } = entry;
    const node = entry.withinAws ? undefined : inferredNode(subsegment);
    const between = node && passesMessagesOn(subsegment);
    let caller = from;
    if (node && (between || !entry.answered)) {
      const inferred = this.addVisit(subsegment, node, INFERRED);
      if (from) this.addEdge(from, inferred, subsegment);
      if (between) caller = inferred;
    }
    if (entry.answered) this.answered(subsegment.id, caller, between ? undefined : subsegment);
  }

  private answered(
    id: string,
    from: Visit | undefined,
    call: SubsegmentDocument | undefined,
  ): void {
    for (const visit of this.answers.get(id) ?? []) {
      this.called.add(visit);
      // A local subsegment around a call does not describe the call. Use the callee's document.
      const document =
        call?.namespace === 'remote' || call?.namespace === 'aws' ? call : visit.document;
      if (from) this.addEdge(from, visit, document);
    }
  }

  private addEdge(from: Visit, to: Visit, document: NodeDocument): void {
    this.calls.push({
      from,
      to,
      flags: flagsOf(document) | (to.flags & INFERRED),
      status: statusOf(document),
      method: methodOf(document),
      time: microsecondsOf(document),
      document,
    });
  }

  /** Marks every segment that no other one called. In a loop, which has none, marks the earliest. */
  private markRoots(segments: Visit[]): Visit | undefined {
    let first: Visit | undefined;
    let earliest: Visit | undefined;
    for (const visit of segments) {
      if (!earliest || visit.document.start_time < earliest.document.start_time) earliest = visit;
      if (this.called.has(visit)) continue;
      visit.flags |= ROOT;
      if (!first || visit.document.start_time < first.document.start_time) first = visit;
    }
    if (!first && earliest) earliest.flags |= ROOT;
    return first ?? earliest;
  }
}

function methodOf(document: NodeDocument): string {
  const method = document.http?.request?.method;
  return typeof method === 'string' ? method : '';
}
