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

/** What a document may be. */
export interface DocumentLimits {
  /** Characters of the JSON text. */
  maxLength: number;
  /** How deep objects and arrays may stand in each other. */
  maxDepth: number;
  /** Annotations of the segment and its subsegments together. */
  maxAnnotations: number;
  /** X-Ray's own rules: names, types of fields, an end or in_progress, keys of annotations. */
  strict: boolean;
}

/** What local X-Ray takes: anything that can be shown, put right where need be. */
export const LENIENT: DocumentLimits = {
  maxLength: 1024 * 1024,
  maxDepth: 512,
  maxAnnotations: 1000,
  strict: false,
};

/** What AWS takes. https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
export const STRICT: DocumentLimits = {
  maxLength: 64 * 1024,
  maxDepth: 512,
  maxAnnotations: 50,
  strict: true,
};

/** A document that keeps its promises: every field named by the types has its type or is absent. */
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
      /** What was converted or left out, field by field, for a person. */
      repairs: string[];
    } & ParsedDocument)
  | { ok: false; fault: DocumentFault };

/** Reads one segment document, or one subsegment sent on its own, from someone we do not trust. */
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

/** The same for a document that was made in this process: its text is written, and not read again. */
export function checkDocument(document: object, limits: DocumentLimits = LENIENT): ParseOutcome {
  const text = writeJson(document);
  if (hasHalves(text)) return parseDocument(text, limits);
  return beyondLimits(text, limits) ?? new DocumentChecks(limits).run(document, text);
}

/** Before anything else is done with the text. */
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

/** Python writes NaN and Infinity, which are not JSON: they become text. Undefined when there is none. */
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

/** The character at which nesting passes `limit`, or -1. Brackets inside strings count too: harmless, and cheap. */
function tooDeepAt(text: string, limit: number): number {
  // Each level costs two characters, so a short text needs no look.
  if (text.length <= limit * 2) return -1;
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

/** An escaped backslash, a whole pair, or half of one. */
const HALVES =
  /\\\\|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[dD][89a-fA-F][\da-fA-F]{2}/g;

function hasHalves(json: string): boolean {
  return json.includes('\\ud') || json.includes('\\uD');
}

/**
 * Puts U+FFFD for halves of characters, which a tracer leaves that cuts texts without care: Python, and so
 * the AWS CLI, fails on a whole answer that has one.
 */
function withoutHalves(json: string): string {
  return json.replace(HALVES, (found) => (/^\\u.{4}$/.test(found) ? '\\ufffd' : found));
}
