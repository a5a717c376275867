import type { SpanKindName } from '@nestjs-xray/document';

/** An attribute as plain data; bytes are base64. */
export type AttributeValue =
  string | number | bigint | boolean | AttributeValue[] | { [key: string]: AttributeValue };

export type Attributes = Map<string, AttributeValue>;

export type SpanKind = SpanKindName;

/** The parts of an OTLP span that the translation needs. */
export interface Span {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** Empty for the root span of a trace. */
  parentSpanId: string;
  name: string;
  kind: SpanKind;
  /** Epoch seconds. */
  start: number;
  end: number;
  attributes: Attributes;
  events: { name: string; time: number; attributes: Attributes }[];
  links: { traceId: string; spanId: string; attributes: Attributes }[];
  failed: boolean;
  statusMessage: string;
  /** The instrumentation library that created it, with its version if known. */
  scope?: string;
  resource: Attributes;
}
