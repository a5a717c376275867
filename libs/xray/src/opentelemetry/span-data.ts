import type { Attributes, AttributeValue, Link, SpanKind, SpanStatus } from '@opentelemetry/api';

/** OpenTelemetry's default limits: beyond them, attributes, events and links of a span are left out. */
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

/** What was said of a node through the OpenTelemetry API, as it was said. */
export class SpanData {
  readonly attributes = new Map<string, AttributeValue>();
  events: SpanEvent[] | undefined = undefined;
  links: Link[] | undefined = undefined;
  status: SpanStatus | undefined = undefined;

  constructor(
    /** The span's own name; undefined where the node was not made by the API. */
    public name: string | undefined,
    public kind: SpanKind | undefined,
    readonly scope: InstrumentationScope | undefined,
  ) {}

  /** False when there was no room. */
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
