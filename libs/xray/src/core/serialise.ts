import type { NodeDocument, SegmentDocument, SubsegmentDocument } from '../document';
import type { NestFacts } from './call';
import type { TraceNode } from './context';
import { safeCopy } from './safe-metadata';
import type { Segment } from './segment';
import type { Subsegment } from './subsegment';

/** The document of a segment with all that is in it; what is open says `in_progress`. */
export function segmentDocument(segment: Segment): SegmentDocument {
  const document = shared(segment) as SegmentDocument;
  document.trace_id = segment.trace_id;
  if (segment.parent_id !== undefined) document.parent_id = segment.parent_id;
  if (segment.user !== undefined) document.user = segment.user;
  if (segment.origin !== undefined) document.origin = segment.origin;
  if (segment.service !== undefined) document.service = segment.service;
  return document;
}

/** The document of a subsegment that is sent on its own. */
export function aloneDocument(subsegment: Subsegment): SubsegmentDocument {
  const document = embedded(subsegment);
  document.type = 'subsegment';
  document.trace_id = subsegment.segment.trace_id;
  document.parent_id = subsegment.parent.id;
  return document;
}

function embedded(subsegment: Subsegment): SubsegmentDocument {
  const document = shared(subsegment) as SubsegmentDocument;
  if (subsegment.namespace !== undefined) document.namespace = subsegment.namespace;
  if (subsegment.traced !== undefined) document.traced = subsegment.traced;
  if (subsegment.sql !== undefined) document.sql = subsegment.sql;
  return document;
}

function shared(node: TraceNode): NodeDocument {
  const document: NodeDocument = {
    id: node.id,
    name: safeName(node.name),
    start_time: node.start_time,
  };
  if (node.end_time === undefined) document.in_progress = true;
  else document.end_time = node.end_time;
  if (node.error) document.error = true;
  if (node.fault) document.fault = true;
  if (node.throttle) document.throttle = true;
  if (node.cause !== undefined) document.cause = node.cause;
  if (node.http !== undefined) document.http = node.http;
  if (node.aws !== undefined) document.aws = node.aws;
  if (node.annotations !== undefined) document.annotations = node.annotations;
  if (node.metadata !== undefined) {
    document.metadata = safeCopy(node.metadata, node.root.recorder.redact) as Metadata;
  }
  const nest = node.call?.nest;
  if (nest !== undefined) addNest(document, nest);
  if (node.subsegments !== undefined) document.subsegments = node.subsegments.map(embedded);
  return document;
}

type Metadata = NonNullable<NodeDocument['metadata']>;

function addNest(document: NodeDocument, nest: NestFacts): void {
  const metadata = (document.metadata ??= {});
  metadata.nest = { ...nest, ...metadata.nest };
}

/** X-Ray refuses a document for one wrong character in a name. */
const WRONG_IN_NAME = /[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu;
const SOUND_NAME = /^[\w.:/ -]{1,200}$/;

/** `name` without the characters that X-Ray refuses, at most 200 of them. */
export function safeName(name: string): string {
  if (SOUND_NAME.test(name)) return name;
  return String(name).replace(WRONG_IN_NAME, '').slice(0, 200) || 'unnamed';
}
