import {
  isId,
  isTraceId,
  type SegmentDocument,
  type SubsegmentDocument,
} from '@nestjs-xray/document';
import { type DocumentFault, type DocumentFaultCode, kindOf, shown } from './document-fault';
import { FieldChecks, type Fields, Refused } from './field-checks';
import { findJsonFault } from './json-fault';

/** What a document may be. */
export interface DocumentLimits {
  /** Characters of the JSON text. */
  maxLength: number;
  /** How deep objects and arrays may stand in each other. */
  maxDepth: number;
  /** Annotations of the segment and its subsegments together. */
  maxAnnotations: number;
  /** X-Ray's own rules: names, ages of trace ids, an end or in_progress, keys of annotations. */
  strict: boolean;
}

/** What local X-Ray takes: anything that can be shown. */
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

export type ParseOutcome = ({ ok: true } & ParsedDocument) | { ok: false; fault: DocumentFault };

/**
 * Reads one segment document, or one subsegment sent on its own, from someone we do not trust.
 *
 * @param nowSeconds the time against which strict mode judges a trace id's age.
 */
export function parseDocument(
  text: string,
  limits: DocumentLimits = LENIENT,
  nowSeconds: number = Date.now() / 1000,
): ParseOutcome {
  if (text.length > limits.maxLength) {
    return refuse(
      'DocumentTooLarge',
      '',
      `it has ${text.length} characters, the limit is ${limits.maxLength}`,
    );
  }
  const deep = tooDeepAt(text, limits.maxDepth);
  if (deep >= 0) {
    return refuse(
      'InvalidSegment',
      '',
      `character ${deep} nests deeper than ${limits.maxDepth} levels`,
    );
  }
  if (text.includes('\\ud') || text.includes('\\uD')) text = withoutHalves(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const fault = findJsonFault(text);
    const at = fault?.position ?? 0;
    const found = at < text.length ? shown(text[at]) : 'the end';
    return refuse('ParseError', '', `character ${at}: expected ${fault?.expected}, found ${found}`);
  }
  return new Check(limits, nowSeconds).run(value, text);
}

function refuse(code: DocumentFaultCode, field: string, why: string, id?: string): ParseOutcome {
  return { ok: false, fault: { id, code, field, message: field ? `${field}: ${why}` : why } };
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

/**
 * Puts U+FFFD for halves of characters, which a tracer leaves that cuts texts without care: Python, and so
 * the AWS CLI, fails on a whole answer that has one.
 */
function withoutHalves(json: string): string {
  return json.replace(HALVES, (found) => (/^\\u.{4}$/.test(found) ? '\\ufffd' : found));
}

/** Names as AWS allows them, at most 200 characters. */
const FORBIDDEN_IN_NAME = /[^\p{L}\p{N}\p{Z}\s_.:/%&#=+\\\-@]/u;
const ANNOTATION_KEY = /^[\w.]{1,500}$/;
const OLDEST_SECONDS = 30 * 24 * 3600;
const SKEW_SECONDS = 300;

class Check extends FieldChecks {
  private annotations = 0;

  constructor(
    private readonly limits: DocumentLimits,
    private readonly nowSeconds: number,
  ) {
    super();
  }

  run(value: unknown, text: string): ParseOutcome {
    let id: string | undefined;
    try {
      const fields = this.object(value, '');
      id = isId(fields.id) ? fields.id : undefined;
      this.node(fields, '');
      this.traceId(fields.trace_id);
      const alone = fields.type === 'subsegment';
      this.optional(fields, 'type', 'string', '');
      this.identifier(fields, 'parent_id', '', alone);
      if (alone) {
        this.subsegment(fields, '');
        return {
          ok: true,
          kind: 'subsegment',
          document: fields as never,
          text: this.textOf(fields, text),
        };
      }
      this.segment(fields);
      return {
        ok: true,
        kind: 'segment',
        document: fields as never,
        text: this.textOf(fields, text),
      };
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      return refuse(refused.code, refused.field, refused.why, id);
    }
  }

  /** The text as it came, unless something in it had to be put right. */
  private textOf(fields: Fields, text: string): string {
    return this.changed ? JSON.stringify(fields) : text;
  }

  private segment(fields: Fields): void {
    this.optional(fields, 'user', 'string', '');
    this.optional(fields, 'origin', 'string', '');
    this.optional(fields, 'resource_arn', 'string', '');
    const service = this.optionalObject(fields, 'service', '');
    if (service) this.optional(service, 'version', 'string', 'service.');
    this.optionalArray(fields, 'links', '')?.forEach((link, at) =>
      this.object(link, `links[${at}]`),
    );
  }

  private subsegment(fields: Fields, at: string): void {
    this.optional(fields, 'namespace', 'string', at);
    this.optional(fields, 'traced', 'boolean', at);
    const sql = this.optionalObject(fields, 'sql', at);
    if (sql) {
      for (const key of ['url', 'connection_string', 'sanitized_query', 'database_type', 'user']) {
        this.optional(sql, key, 'string', `${at}sql.`);
      }
    }
  }

  /** What segments and subsegments share. `at` is the path so far, with its dot. */
  private node(fields: Fields, at: string): void {
    this.identifier(fields, 'id', at, true);
    this.name(fields.name, `${at}name`);
    this.time(fields, 'start_time', at, true);
    this.time(fields, 'end_time', at, false);
    this.optional(fields, 'in_progress', 'boolean', at);
    if (this.limits.strict && (fields.end_time === undefined) !== (fields.in_progress === true)) {
      throw new Refused(
        'InvalidSegment',
        `${at}end_time`,
        'give either end_time or in_progress: true',
      );
    }
    for (const flag of ['error', 'fault', 'throttle']) this.optional(fields, flag, 'boolean', at);
    this.http(this.optionalObject(fields, 'http', at), `${at}http.`);
    this.optionalObject(fields, 'aws', at);
    this.cause(fields.cause, `${at}cause`);
    this.annotate(this.optionalObject(fields, 'annotations', at), `${at}annotations`);
    this.optionalObject(fields, 'metadata', at);
    this.optionalArray(fields, 'subsegments', at)?.forEach((child, index) => {
      const path = `${at}subsegments[${index}]`;
      const childFields = this.object(child, path);
      this.node(childFields, `${path}.`);
      this.subsegment(childFields, `${path}.`);
    });
  }

  private http(http: Fields | undefined, at: string): void {
    if (!http) return;
    const request = this.optionalObject(http, 'request', at);
    if (request) {
      for (const key of ['method', 'url', 'user_agent', 'client_ip']) {
        this.optional(request, key, 'string', `${at}request.`);
      }
    }
    const response = this.optionalObject(http, 'response', at);
    if (response) this.whole(response, 'status', `${at}response.`);
  }

  private cause(cause: unknown, at: string): void {
    if (cause === undefined || cause === null || typeof cause === 'string') return;
    const fields = this.object(cause, at);
    this.optional(fields, 'working_directory', 'string', `${at}.`);
    this.optionalArray(fields, 'exceptions', `${at}.`)?.forEach((exception, index) => {
      const path = `${at}.exceptions[${index}]`;
      const each = this.object(exception, path);
      for (const key of ['id', 'message', 'type', 'cause'])
        this.optional(each, key, 'string', `${path}.`);
      this.optionalArray(each, 'stack', `${path}.`)?.forEach((frame, number) => {
        const place = `${path}.stack[${number}]`;
        const parts = this.object(frame, place);
        this.optional(parts, 'path', 'string', `${place}.`);
        this.optional(parts, 'label', 'string', `${place}.`);
        this.whole(parts, 'line', `${place}.`);
      });
    });
  }

  private annotate(annotations: Fields | undefined, at: string): void {
    if (!annotations) return;
    for (const key of Object.keys(annotations)) {
      if (annotations[key] === null) {
        this.present(annotations, key);
        continue;
      }
      if (++this.annotations > this.limits.maxAnnotations) {
        const why = `more than ${this.limits.maxAnnotations} annotations`;
        throw new Refused('InvalidAnnotation', at, why);
      }
      const value = annotations[key];
      const kind = typeof value;
      if (
        kind !== 'string' &&
        kind !== 'boolean' &&
        !(kind === 'number' && Number.isFinite(value))
      ) {
        const why = `must be a string, a number or a boolean, not ${kindOf(value)}`;
        throw new Refused('InvalidAnnotation', `${at}.${shown(key).slice(1, -1)}`, why);
      }
      if (this.limits.strict && !ANNOTATION_KEY.test(key)) {
        const why = `${shown(key)} may have letters, digits, _ and . only`;
        throw new Refused('InvalidAnnotation', at, why);
      }
    }
  }

  private name(name: unknown, field: string): void {
    if (typeof name !== 'string' || name === '') {
      throw new Refused(
        'InvalidName',
        field,
        `must be a string that is not empty, not ${shown(name)}`,
      );
    }
    if (!this.limits.strict) return;
    const at = name.search(FORBIDDEN_IN_NAME);
    if (at >= 0) throw new Refused('InvalidName', field, `character ${at} is ${shown(name[at])}`);
    if (name.length > 200) {
      throw new Refused('InvalidName', field, `has ${name.length} characters, the limit is 200`);
    }
  }

  private traceId(value: unknown): void {
    if (!isTraceId(value)) {
      const why = `must be 1-, 8 hexadecimal digits, -, 24 hexadecimal digits, not ${shown(value)}`;
      throw new Refused('InvalidTraceId', 'trace_id', why);
    }
    if (!this.limits.strict) return;
    const age = this.nowSeconds - parseInt(value.slice(2, 10), 16);
    if (age > OLDEST_SECONDS || age < -SKEW_SECONDS) {
      const why =
        age > 0 ? `is ${Math.floor(age / 86400)} days old, the limit is 30` : 'lies in the future';
      throw new Refused('InvalidTraceId', 'trace_id', why);
    }
  }
}
