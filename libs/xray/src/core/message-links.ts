import {
  parseTraceHeader,
  parseTraceparent,
  type LinkDocument,
  type TraceHeader,
} from '../document';

/** Where another trace is to be found: a header, or its ids. */
export type LinkTarget = string | { traceId: string; id: string };

/** Batches are looked through up to here; X-Ray keeps 20 links of a segment. */
const MAX_MESSAGES = 100;

type Fields = Record<string, unknown>;

/** The link that an X-Amzn-Trace-Id header, a traceparent or ids make; undefined when it names no (sub)segment. */
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
 * The traces that the messages among `args` came from: those of SQS with the system attribute
 * AWSTraceHeader, which SNS and EventBridge pass on too, or with a traceparent among their
 * attributes. Takes a message, a list of them, an answer of ReceiveMessage and an event of Lambda's.
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
