import { isId, isTraceId, w3cTraceId } from './ids';

/** The content of an `X-Amzn-Trace-Id` header. */
export interface TraceHeader {
  /** The trace id. */
  root?: string;
  /** The caller's subsegment. */
  parent?: string;
  /** `'?'` asks the callee to decide and to report the decision in its response header. */
  sampled?: boolean | '?';
  /** All other parts (`Self`, `Lineage`, custom ones) unchanged, joined by `;`. */
  extra?: string;
}

/** The most characters: longer headers are ignored, and `extra` is cut to this length. */
const MAX_HEADER = 1024;
const MAX_EXTRA = 256;

/** Keys and values that are allowed in a header without quoting. */
const PART = /^[\w.-]{1,64}=[\x21-\x3a\x3c-\x7e]{0,256}$/;

/**
 * Parses an `X-Amzn-Trace-Id` header; parts may come in any order, with any spacing.
 *
 * Never throws: a malformed part is skipped, and a header without a valid part gives `{}`.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function parseTraceHeader(header: string | undefined): TraceHeader {
  const result: TraceHeader = {};
  if (!header || header.length > MAX_HEADER) return result;
  let extra = '';
  for (const piece of header.split(';')) {
    const part = piece.trim();
    const at = part.indexOf('=');
    if (at < 1) continue;
    const key = part.slice(0, at).trimEnd().toLowerCase();
    const value = part.slice(at + 1).trim();
    if (key === 'root') {
      if (isTraceId(value)) result.root = value.toLowerCase();
    } else if (key === 'parent') {
      if (isId(value)) result.parent = value.toLowerCase();
    } else if (key === 'sampled') {
      if (value === '1') result.sampled = true;
      else if (value === '0') result.sampled = false;
      else if (value === '?') result.sampled = '?';
    } else if (PART.test(part) && extra.length + part.length < MAX_EXTRA) {
      extra += extra ? `;${part}` : part;
    }
  }
  // A parent id means nothing without a valid Root.
  if (!result.root) delete result.parent;
  if (extra) result.extra = extra;
  return result;
}

/** Formats an `X-Amzn-Trace-Id` header in AWS's order: Root, Parent, Sampled, the rest. */
export function formatTraceHeader(header: TraceHeader): string {
  let text = header.root ? `Root=${header.root}` : '';
  if (header.parent) text += `${text && ';'}Parent=${header.parent}`;
  if (header.sampled !== undefined) {
    const sampled = header.sampled === '?' ? '?' : header.sampled ? '1' : '0';
    text += `${text && ';'}Sampled=${sampled}`;
  }
  return header.extra ? `${text}${text && ';'}${header.extra}` : text;
}

const TRACEPARENT =
  /^(?!ff|00.{53}.)[0-9a-f]{2}-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/;

/**
 * Parses a W3C `traceparent` as a trace header; `{}` if it is malformed.
 *
 * X-Ray reads the first eight digits as the time and accepts only trace ids with a recent
 * time; local X-Ray accepts all.
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(header: string | undefined): TraceHeader {
  const match = header ? TRACEPARENT.exec(header.slice(0, MAX_HEADER).trim()) : null;
  if (!match) return {};
  const [, time, rest, parent, flags] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (/^0+$/.test(time + rest) || /^0+$/.test(parent)) return {};
  return { root: `1-${time}-${rest}`, parent, sampled: (parseInt(flags, 16) & 1) === 1 };
}

/** Formats a W3C `traceparent`; undefined without a root or a parent. */
export function formatTraceparent({ root, parent, sampled }: TraceHeader): string | undefined {
  if (!root || !parent) return undefined;
  return `00-${w3cTraceId(root)}-${parent}-0${sampled === true ? 1 : 0}`;
}
