import {
  parseTraceHeader,
  parseTraceparent,
  type LinkDocument,
  type TraceHeader,
} from '../document';

/** Identifies a segment of another trace: a trace header, or its ids. */
export type LinkTarget = string | { traceId: string; id: string };

/** How many messages of a batch are searched for links. X-Ray stores 20 links per segment. */
const MAX_MESSAGES = 100;

type Fields = Record<string, unknown>;

/**
 * The link for an X-Amzn-Trace-Id header, a traceparent or ids. Undefined if they do not name a
 * segment or subsegment.
 */
export function linkTo(target: LinkTarget): LinkDocument | undefined {
  const header: TraceHeader =
    typeof target === 'string'
      ? headerIn(target)
      : headerIn(`Root=${target?.traceId};Parent=${target?.id}`);
  const { root, parent } = header;
  return root === undefined || parent === undefined ? undefined : { trace_id: root, id: parent };
}

function headerIn(text: string): TraceHeader {
  const xray = parseTraceHeader(text);
  return xray.root === undefined ? parseTraceparent(text) : xray;
}

/**
 * The traces that sent the messages among `args`. Reads SQS messages with the system attribute
 * AWSTraceHeader, which SNS and EventBridge also set, or with a traceparent among their attributes.
 * Accepts a message, a list of messages, a response of ReceiveMessage and a Lambda event.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function messageLinks(args: readonly unknown[]): LinkDocument[] {
  return args
    .flatMap(messagesIn)
    .slice(0, MAX_MESSAGES)
    .flatMap((message) => headerOf(message) ?? [])
    .flatMap((header) => linkTo(header) ?? []);
}

function messagesIn(value: unknown): Fields[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.filter(isFields);
  const { Messages, Records } = value as Fields;
  const batch = Messages ?? Records;
  return Array.isArray(batch) ? batch.filter(isFields) : [value as Fields];
}

function headerOf(message: Fields): string | undefined {
  for (const system of [message.Attributes, message.attributes]) {
    const { AWSTraceHeader } = isFields(system) ? system : {};
    if (typeof AWSTraceHeader === 'string') return AWSTraceHeader;
  }
  for (const attributes of [message.MessageAttributes, message.messageAttributes]) {
    const { traceparent } = isFields(attributes) ? attributes : {};
    const { StringValue, stringValue } = isFields(traceparent) ? traceparent : {};
    const text = StringValue ?? stringValue;
    if (typeof text === 'string') return text;
  }
  return undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
