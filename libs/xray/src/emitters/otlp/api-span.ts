import {
  exceptionEvents,
  INDEXED_KEYS,
  keyValues,
  METADATA_PREFIX,
  type OtlpSpan,
  type SegmentDocument,
  StatusCode,
  type SubsegmentDocument,
} from '../../document';
import type { SpanFace } from '../../core/recorded-node';

type Data = SpanFace['data'];
type AnyDocument = SegmentDocument & SubsegmentDocument;

/**
 * The span of a node that was started through the OpenTelemetry API, with the name, kind,
 * attributes, events and status set there. The document adds ids, times, links, and whatever was
 * recorded in other ways.
 */
export function apiSpan(base: OtlpSpan, node: AnyDocument, data: Data): OtlpSpan {
  const span: OtlpSpan = {
    ...base,
    name: data.name ?? base.name,
    // OTLP numbers the kinds from one.
    kind: ((data.kind ?? 0) + 1) as OtlpSpan['kind'],
    attributes: keyValues({ ...Object.fromEntries(data.attributes), ...otherwise(node, data) }),
  };
  const setEvents = saidEvents(data);
  const thrown = exceptionEvents(node).filter(
    (event) => !setEvents.some((each) => same(each, event)) && !isStatus(event, data),
  );
  const events = [...setEvents, ...thrown];
  if (events.length > 0) span.events = events;
  else delete span.events;
  if (data.status !== undefined) span.status = { ...data.status, code: data.status.code } as never;
  else if (node.fault || node.error) span.status = { code: StatusCode.error };
  return span;
}

/** Adds the attributes and events that were set on one of our spans through the API. */
export function withApiData(base: OtlpSpan, data: Data): OtlpSpan {
  const known = new Set(base.attributes.map(({ key }) => key));
  const added = [...data.attributes].filter(([key]) => !known.has(key));
  const events = [
    ...(base.events ?? []),
    ...saidEvents(data).filter((event) => !base.events?.some((each) => same(each, event))),
  ];
  return {
    ...base,
    attributes: [...base.attributes, ...keyValues(Object.fromEntries(added))],
    ...(events.length > 0 && { events }),
  };
}

type Event = NonNullable<OtlpSpan['events']>[number];

function saidEvents({ events = [] }: Data): Event[] {
  return events.map(({ name, time, attributes }) => ({
    timeUnixNano: `${Math.round(time * 1e6)}000`,
    name,
    attributes: keyValues(attributes as Record<string, unknown>),
  }));
}

/**
 * Whether both events describe the same exception: one recorded through the API, one when it was
 * thrown.
 */
function same(one: Event, other: Event): boolean {
  const message = ({ attributes }: Event) =>
    JSON.stringify(attributes.find(({ key }) => key === 'exception.message')?.value);
  return one.name === other.name && message(one) === message(other);
}

/** Whether an exception in the document was only created from the status and adds nothing to it. */
function isStatus({ attributes }: Event, { status }: Data): boolean {
  const value = (name: string) => {
    const found = attributes.find(({ key }) => key === name)?.value;
    return found && 'stringValue' in found ? found.stringValue : undefined;
  };
  return (
    value('exception.stacktrace') === undefined && value('exception.message') === status?.message
  );
}

/** Annotations and metadata that are not attributes. */
function otherwise({ annotations, metadata }: AnyDocument, { attributes }: Data) {
  const more: Record<string, unknown> = { ...annotations };
  if (annotations) more[INDEXED_KEYS] = Object.keys(annotations);
  for (const [namespace, values] of Object.entries(metadata ?? {})) {
    if (namespace === 'otel') continue;
    const rest = Object.entries(values).filter(([key]) => !attributes.has(key));
    if (rest.length > 0) {
      more[METADATA_PREFIX + namespace] = JSON.stringify(Object.fromEntries(rest));
    }
  }
  return more;
}
