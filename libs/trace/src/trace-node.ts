import type { SegmentDocument, SubsegmentDocument } from './document';
import type { Interval } from './intervals';
import type { SentLogLine } from './sent-log-line';
import type { Status } from './status';

/** Where the time goes: the service's own code, a database, a call to another service. */
export type Hue = 'own' | 'sql' | 'call';

/**
 * A segment or subsegment in its place in the trace. Times are seconds since the
 * start of the trace, so that sums keep their microseconds.
 */
export interface TraceNode {
  /** Unique in the tree, also where a document's id is not: the id, with `~2` and so on when it comes again. */
  key: string;
  kind: 'segment' | 'subsegment';
  doc: SegmentDocument | SubsegmentDocument;
  parent?: TraceNode;
  children: TraceNode[];
  /** The segment it is part of; itself, if it is one. Undefined for one whose segment has not arrived. */
  segment?: TraceNode;
  /** Place in `TraceTree.nodes`, which is in the order of the waterfall. */
  index: number;
  /** 1 for a root, as in `aria-level`. */
  depth: number;
  /** How many nodes are below it. */
  below: number;

  /** The document's name. */
  name: string;
  /** What to call it in the waterfall: the name, or the statement of a query. */
  title: string;
  /** What else tells it from others of the name: `GET /score 429`. */
  detail: string;
  /** Kind in a word: segment, SQL, HTTP, AWS, remote; none for the service's own code. */
  tag?: string;
  hue: Hue;

  start: number;
  /** While in progress: until now. */
  end: number;
  total: number;
  /** Time that no child accounts for. */
  self: number;
  selfPieces: Interval[];
  /** What of the critical path is this node's own work. */
  critical: Interval[];
  inProgress: boolean;
  /** In progress, but nothing was heard of the trace for so long that it no longer grows. */
  silent: boolean;
  /** A call that the called service traces too, whose segment has not arrived. */
  awaited: boolean;
  /**
   * Began before its parent by so many seconds: two clocks that disagree. 0 if not.
   * A segment's `start` and `end` are then moved into the call.
   */
  skew: number;
  /** A subsegment that came alone and whose parent has not arrived. */
  orphan: boolean;

  status: Status;
  /** Its fault, error or throttle comes from a node below; else it started here. */
  passedUp: boolean;
  /** The worst status of itself and of all below. */
  worst: Status;
}

/** A trace as the waterfall shows it. */
export interface TraceTree {
  id: string;
  /** Epoch seconds. */
  start: number;
  /** From the first start to the last end, in seconds; until now while in progress. */
  duration: number;
  roots: TraceNode[];
  /** All nodes, each before its children, in the order of the waterfall. */
  nodes: TraceNode[];
  byKey: Map<string, TraceNode>;
  /** When the root segment had answered; undefined while it has not. */
  responseEnd?: number;
  segments: number;
  subsegments: number;
  /** Calls whose called service has not sent its segment. */
  awaited: number;
  inProgress: boolean;
  /** The last time the documents speak of, in epoch seconds, where the end of what is in progress is not expected any more. */
  silentSince?: number;
  maxDepth: number;
  /** Lines of logs that came by themselves; `allLogs` has these and those in the documents. */
  sentLogs?: readonly SentLogLine[];
  /** Further ones that were not kept. */
  logsDropped?: number;
  /** The trace has reached the size limit: subsegments that arrived later were not stored. */
  full?: boolean;
  /** How many nodes carry each status, passed up or not. */
  counts: Record<Status, number>;
}
