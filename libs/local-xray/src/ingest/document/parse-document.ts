import {
  outsideStrings,
  readJson,
  type SegmentDocument,
  type SubsegmentDocument,
  writeJson,
} from '@nestjs-xray/document';
import { DocumentChecks } from './document-checks';
import { type DocumentFault, type DocumentFaultCode, shown } from './document-fault';
import { findJsonFault } from './json-fault';

/** The limits that a document is checked against. */
export interface DocumentLimits {
  /** Maximum number of characters of the JSON text. */
  maxLength: number;
  /** How deeply objects and arrays may be nested. */
  maxDepth: number;
  /** Maximum number of annotations of the segment and its subsegments together. */
  maxAnnotations: number;
  /** Enforces X-Ray's rules: names, field types, an end time or in_progress, annotation keys. */
  strict: boolean;
}

/** The default of local X-Ray: accepts whatever can be shown, and repairs fields if needed. */
export const LENIENT: DocumentLimits = {
  maxLength: 1024 * 1024,
  maxDepth: 512,
  maxAnnotations: 1000,
  strict: false,
};

/** The limits of AWS. https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
export const STRICT: DocumentLimits = {
  maxLength: 64 * 1024,
  maxDepth: 512,
  maxAnnotations: 50,
  strict: true,
};

/** A checked document: every field that the types declare has its type or is absent. */
export type ParsedDocument =
  | { kind: 'segment'; document: SegmentDocument; text: string }
  | {
      kind: 'subsegment';
      document: SubsegmentDocument & { trace_id: string; parent_id: string };
      text: string;
    };

export type ParseOutcome =
  | ({
      ok: true;
      /** The fields that were converted or left out, for people to read. */
      repairs: string[];
    } & ParsedDocument)
  | { ok: false; fault: DocumentFault };

/** Parses one segment document, or a subsegment that was sent on its own. The text is not trusted. */
export function parseDocument(text: string, limits: DocumentLimits = LENIENT): ParseOutcome {
  const refused = beyondLimits(text, limits);
  if (refused) return refused;
  if (hasHalves(text)) text = withoutHalves(text);
  const checks = new DocumentChecks(limits);
  let value: unknown;
  try {
    value = readJson(text);
  } catch {
    const numbers = limits.strict ? undefined : withoutNaN(text);
    if (numbers === undefined) return notJson(text);
    try {
      value = readJson(numbers);
    } catch {
      return notJson(text);
    }
    checks.wroteNaN();
  }
  return checks.run(value, text);
}

/** Like parseDocument() for a document created in this process: its text is written but not parsed again. */
export function checkDocument(document: object, limits: DocumentLimits = LENIENT): ParseOutcome {
  const text = writeJson(document);
  if (hasHalves(text)) return parseDocument(text, limits);
  return beyondLimits(text, limits) ?? new DocumentChecks(limits).run(document, text);
}

/** Checks the size and the nesting before the text is parsed. */
function beyondLimits(
  text: string,
  { maxLength, maxDepth }: DocumentLimits,
): ParseOutcome | undefined {
  if (text.length > maxLength) {
    const why = `it has ${text.length} characters, the limit is ${maxLength}`;
    return refuse('DocumentTooLarge', '', why);
  }
  const deep = tooDeepAt(text, maxDepth);
  if (deep < 0) return undefined;
  return refuse('InvalidSegment', '', `character ${deep} nests deeper than ${maxDepth} levels`);
}

function notJson(text: string): ParseOutcome {
  const fault = findJsonFault(text);
  const at = fault?.position ?? 0;
  const found = at < text.length ? shown(text[at]) : 'the end';
  return refuse('ParseError', '', `character ${at}: expected ${fault?.expected}, found ${found}`);
}

function refuse(code: DocumentFaultCode, field: string, message: string): ParseOutcome {
  return { ok: false, fault: { code, field, message } };
}

/** Replaces NaN and Infinity, which Python writes although they are not JSON, by text. Undefined if there are none. */
function withoutNaN(json: string): string | undefined {
  let found = false;
  const text = outsideStrings(json, (part) =>
    part.replace(/-?\b(?:NaN|Infinity)\b/g, (number) => {
      found = true;
      return `"${number}"`;
    }),
  );
  return found ? text : undefined;
}

/** The character at which nesting exceeds `limit`, or -1. For speed, brackets inside strings count as well. */
function tooDeepAt(text: string, limit: number): number {
  if (!hasMoreBrackets(text, limit)) return -1;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 92) at++;
      else if (char === 34) inString = false;
    } else if (char === 34) inString = true;
    else if (char === 123 || char === 91) {
      if (++depth > limit) return at;
    } else if (char === 125 || char === 93) depth--;
  }
  return -1;
}

/** Whether more than `limit` objects and arrays begin: few documents have so many, and a search is faster than a loop. */
function hasMoreBrackets(text: string, limit: number): boolean {
  let count = 0;
  for (const bracket of '{[') {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (++count > limit) return true;
    }
  }
  return false;
}

/** An escaped backslash, a surrogate pair, or one half of a pair. */
const HALVES =
  /\\\\|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[dD][89a-fA-F][\da-fA-F]{2}/g;

function hasHalves(json: string): boolean {
  return json.includes('\\ud') || json.includes('\\uD');
}

/**
 * Replaces unpaired surrogates by U+FFFD. A tracer that cuts text at any place leaves them behind, and Python, and
 * therefore the AWS CLI, cannot read a response that contains one.
 */
function withoutHalves(json: string): string {
  return json.replace(HALVES, (found) => (/^\\u.{4}$/.test(found) ? '\\ufffd' : found));
}
