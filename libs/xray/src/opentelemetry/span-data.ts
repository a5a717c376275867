import type { Attributes, AttributeValue, Link, SpanKind, SpanStatus } from '@opentelemetry/api';

/** OpenTelemetry's default limit for the attributes, events and links of a span; more are dropped. */
const MAX_EACH = 128;

export interface SpanEvent {
  name: string;
  /** Epoch seconds. */
  time: number;
  attributes: Attributes;
}

export interface InstrumentationScope {
  name: string;
  version?: string;
}

/** The data set on a span through the OpenTelemetry API, unchanged. */
export class SpanData {
  readonly attributes = new Map<string, AttributeValue>();
  events: SpanEvent[] | undefined = undefined;
  links: Link[] | undefined = undefined;
  status: SpanStatus | undefined = undefined;

  constructor(
    /** The span's name; undefined if the node was not opened through the API. */
    public name: string | undefined,
    public kind: SpanKind | undefined,
    readonly scope: InstrumentationScope | undefined,
  ) {}

  /** Returns false for an invalid attribute, or when the limit is reached. */
  setAttribute(key: string, value: unknown): boolean {
    if (key === '' || value === null || value === undefined) return false;
    if (this.attributes.size >= MAX_EACH && !this.attributes.has(key)) return false;
    this.attributes.set(key, value as AttributeValue);
    return true;
  }

  addEvent(event: SpanEvent): void {
    const events = (this.events ??= []);
    if (events.length < MAX_EACH) events.push(event);
  }

  addLink(link: Link): void {
    const links = (this.links ??= []);
    if (links.length < MAX_EACH) links.push(link);
  }
}
