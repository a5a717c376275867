import { Budget } from './metadata-budget';
import type { RecordedNode, RecordedSegment, RecordedSubsegment } from './recorded-node';
import { metadataJson, safeCopy } from './safe-metadata';
import { safeName } from './safe-name';

/**
 * The document of `node` as JSON, with all its subsegments. Open nodes have `in_progress`; times
 * have microsecond precision. The text is written directly from the nodes, because building objects
 * for JSON.stringify would cost as much as everything else in a traced request.
 */
export function documentText(node: RecordedNode): string {
  const text = nodeText(node, new Limits(node.root.owner.maxMetadataLength));
  if (node.root !== node) return `${text}${aloneFields(node as RecordedSubsegment)}}`;
  const { type, trace_id, parent_id, user, origin, service } = node as RecordedSegment;
  let more = `,"trace_id":${idText(trace_id)}`;
  if (type !== undefined) more += `,"type":"${type}"`;
  if (parent_id !== undefined) more += `,"parent_id":${idText(parent_id)}`;
  if (user !== undefined) more += `,"user":${JSON.stringify(user)}`;
  if (origin !== undefined) more += `,"origin":${JSON.stringify(origin)}`;
  if (service !== undefined) more += `,"service":${constantText(service)}`;
  return `${text}${more}}`;
}

/** The document of a subsegment as it appears inside its parent's document. */
export function nestedText(subsegment: RecordedNode): string {
  return `${nodeText(subsegment, new Limits(subsegment.root.owner.maxMetadataLength))}}`;
}

/** How many open subsegments a document includes. The others are sent when they close. */
const MAX_OPEN = 1_000;

/** The limits of one document. */
class Limits {
  readonly metadata: Budget;
  private open = MAX_OPEN;

  constructor(maxMetadataLength: number) {
    this.metadata = new Budget(maxMetadataLength);
  }

  admits(child: RecordedSubsegment): boolean {
    return child.end_time !== undefined || this.open-- > 0;
  }
}

/** The additional fields of a subsegment that is sent on its own. */
function aloneFields({ segment, parent }: RecordedSubsegment): string {
  const trace = idText(segment.trace_id);
  return `,"type":"subsegment","trace_id":${trace},"parent_id":${idText(parent.id)}`;
}

/** The fields of `node` without the closing brace, so that the caller can add more. */
function nodeText(node: RecordedNode, limits: Limits): string {
  const { end_time, subsegments } = node;
  const id = node.hasId ? idText(node.id) : `"${node.id}"`;
  let text = `{"id":${id}${nameText(node.name)}${timeText(node.start_time)}`;
  text += end_time === undefined ? ',"in_progress":true' : `,"end_time":${timeText(end_time)}`;
  if (node.error) text += ',"error":true';
  if (node.fault) text += ',"fault":true';
  if (node.throttle) text += ',"throttle":true';
  if (node.cause !== undefined) text += `,"cause":${JSON.stringify(node.cause)}`;
  if (node.http !== undefined) text += `,"http":${JSON.stringify(node.http)}`;
  if (node.aws !== undefined) text += `,"aws":${JSON.stringify(node.aws)}`;
  if (node.annotations !== undefined) text += `,"annotations":${JSON.stringify(node.annotations)}`;
  if (node.links !== undefined) text += `,"links":${JSON.stringify(node.links)}`;
  text += metadataText(node, limits.metadata);
  if (node.root !== node) text += subsegmentFields(node as RecordedSubsegment);
  if (subsegments === undefined) return text;

  let before = ',"subsegments":[';
  for (const child of subsegments) {
    if (child.leftAlone || !limits.admits(child)) continue;
    text += `${before}${nodeText(child, limits)}}`;
    before = ',';
  }
  return before === ',' ? `${text}]` : text;
}

function subsegmentFields({ namespace, traced, sql }: RecordedSubsegment): string {
  let text = '';
  if (namespace === 'remote') text += ',"namespace":"remote"';
  else if (namespace !== undefined) text += `,"namespace":${JSON.stringify(namespace)}`;
  if (traced !== undefined) text += `,"traced":${traced}`;
  if (sql !== undefined) text += `,"sql":${JSON.stringify(sql)}`;
  return text;
}

function metadataText(node: RecordedNode, budget: Budget): string {
  const nest = node.call?.nest;
  const { metadata } = node;
  if (metadata === undefined) {
    return nest === undefined ? '' : `,"metadata":{"nest":${constantText(nest)}}`;
  }
  const { redact } = node.root.owner;
  if (nest === undefined) return `,"metadata":${metadataJson(metadata, redact, budget)}`;
  const safe = safeCopy(metadata, redact, budget) as NonNullable<typeof metadata>;
  safe.nest = { ...nest, ...safe.nest };
  return `,"metadata":${JSON.stringify(safe)}`;
}

/** The JSON of objects that many documents share and that never change. */
const constants = new WeakMap<object, string>();

function constantText(shared: object): string {
  let text = constants.get(shared);
  if (text === undefined) constants.set(shared, (text = JSON.stringify(shared)));
  return text;
}

/** Ids made here need no escaping; ids from a header or from other code may. */
const PLAIN_ID = /^[\w-]*$/;
const MAX_PLAIN_ID = 100;

function idText(id: string): string {
  return id.length <= MAX_PLAIN_ID && PLAIN_ID.test(id) ? `"${id}"` : JSON.stringify(id);
}

/**
 * Caches the text between id and time. Method names recur with every request; the cache is bounded
 * because names created at run time do not.
 */
const names = new Map<string, string>();
const MAX_NAMES = 2_000;
const MAX_NAME = 200;

function nameText(name: string): string {
  let text = names.get(name);
  if (text === undefined) {
    text = `,"name":${JSON.stringify(safeName(name))},"start_time":`;
    if (names.size < MAX_NAMES && name.length <= MAX_NAME) names.set(name, text);
  }
  return text;
}

let second = -1;
let secondText = '';
const ZEROS = ['', '0', '00', '000', '0000', '00000'];

/**
 * Writes `seconds` with six decimals. Printing a double takes longer than creating a subsegment;
 * printing whole numbers is fast, and most times within a second share their text.
 */
function timeText(seconds: number): string {
  const micros = Math.round(seconds * 1e6);
  const wholeSeconds = Math.floor(micros / 1e6);
  if (wholeSeconds !== second) {
    second = wholeSeconds;
    secondText = `${wholeSeconds}.`;
  }
  const rest = `${micros - wholeSeconds * 1e6}`;
  return secondText + ZEROS[6 - rest.length]! + rest;
}
