import { isId, isTraceId, newId, writeJson } from '@nestjs-xray/document';
import { onlyTraceIdIn } from './trace-id-in';
import { kindOf, shown } from './document-fault';
import { FieldChecks, type Fields, Refused, type Scalar, textOf } from './field-checks';
import type { DocumentLimits, ParseOutcome } from './parse-document';

/** Characters that AWS does not allow in names. */
const FORBIDDEN_IN_NAME = /[^\p{L}\p{N}\p{Z}\s_.:/%&#=+\\\-@]/u;
const ANNOTATION_KEY = /^[\w.]{1,500}$/;

type Kinds = readonly (readonly [string, Scalar])[];
const all = (kind: Scalar, ...keys: string[]): Kinds => keys.map((key) => [key, kind]);

/** The scalar fields of the document types in libs/document, by type. */
const NODE = all('boolean', 'in_progress', 'error', 'fault', 'throttle');
const SEGMENT = all('text', 'user', 'origin', 'resource_arn');
const SERVICE = all('text', 'name', 'version', 'runtime', 'runtime_version');
const SUBSEGMENT: Kinds = [...all('text', 'namespace'), ...all('boolean', 'traced')];
const SQL = all(
  'text',
  'connection_string',
  'url',
  'sanitized_query',
  'database_type',
  'database_version',
  'driver_version',
  'user',
  'preparation',
);
const REQUEST: Kinds = [
  ...all('text', 'method', 'url', 'user_agent', 'client_ip'),
  ...all('boolean', 'x_forwarded_for', 'traced'),
];
const RESPONSE = all('integer', 'status', 'content_length');
const CAUSE = all('text', 'working_directory');
const EXCEPTION: Kinds = [
  ...all('text', 'id', 'type', 'message', 'cause'),
  ...all('boolean', 'remote'),
  ...all('integer', 'truncated', 'skipped'),
];
const FRAME: Kinds = [...all('text', 'path', 'label'), ...all('integer', 'line')];

/** Checks one document. Unless the limits are strict, it repairs the fields that can be repaired. */
export class DocumentChecks extends FieldChecks {
  private annotations = 0;

  constructor(private readonly limits: DocumentLimits) {
    super(!limits.strict);
  }

  wroteNaN(): void {
    this.addRepair('NaN and Infinity are not JSON; converted to text');
  }

  run(value: unknown, text: string): ParseOutcome {
    let id: string | undefined;
    try {
      const fields = this.object(value, '');
      id = isId(fields.id) ? fields.id : undefined;
      this.node(fields, '', undefined);
      this.traceId(fields);
      this.scalars(fields, [['type', 'text']], '');
      const alone = fields.type === 'subsegment';
      this.identifier(fields, 'parent_id', '', alone);
      if (alone) this.subsegment(fields, '');
      else this.segment(fields);
      return {
        ok: true,
        kind: alone ? 'subsegment' : 'segment',
        document: fields as never,
        // Keep the original text unless something had to be repaired.
        text: this.changed ? writeJson(fields) : text,
        repairs: this.repairs,
      };
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      const { code, field, why } = refused;
      return { ok: false, fault: { id, code, field, message: field ? `${field}: ${why}` : why } };
    }
  }

  private segment(fields: Fields): void {
    this.scalars(fields, SEGMENT, '');
    const service = this.optionalObject(fields, 'service', '');
    if (service) this.scalars(service, SERVICE, 'service.');
    this.links(fields);
  }

  private links(fields: Fields): void {
    const links = this.objects(fields, 'links', '');
    if (!links) return;
    links.forEach((link, at) => {
      if (typeof link.trace_id === 'string') this.lower(link, 'trace_id', link.trace_id);
      if (typeof link.id === 'string') this.lower(link, 'id', link.id);
      this.optionalObject(link, 'attributes', `links[${at}].`);
    });
    const wrong = links.findIndex(({ trace_id, id }) => !isTraceId(trace_id) || !isId(id));
    if (wrong < 0) return;
    const right = links.filter(({ trace_id, id }) => isTraceId(trace_id) && isId(id));
    const why = 'must have a trace_id and an id';
    this.put(fields, 'links', '', why, right.length > 0 ? right : undefined, `links[${wrong}]`);
  }

  private subsegment(fields: Fields, at: string): void {
    this.scalars(fields, SUBSEGMENT, at);
    this.texts(fields, 'precursor_ids', at);
    // Python's SDK also writes these fields on nested subsegments.
    for (const key of ['trace_id', 'parent_id']) {
      const id = fields[key];
      if (typeof id === 'string') this.lower(fields, key, id);
    }
    const sql = this.optionalObject(fields, 'sql', at);
    if (sql) this.scalars(sql, SQL, `${at}sql.`);
  }

  /**
   * Checks the fields that segments and subsegments share. `at` is the path to this node, with a trailing dot. `parent`
   * is the enclosing node, if there is one: a nested node that lacks a required field is repaired, not rejected.
   */
  private node(fields: Fields, at: string, parent: Fields | undefined): void {
    this.id(fields, at, parent !== undefined);
    this.name(fields, at, parent !== undefined);
    const lenient = parent !== undefined && !this.limits.strict;
    this.time(fields, 'start_time', at, !lenient);
    if (lenient && fields.start_time === undefined) {
      fields.start_time = parent.start_time;
      this.addRepair(`${at}start_time: missing; copied from its parent`);
    }
    this.time(fields, 'end_time', at, false);
    this.scalars(fields, NODE, at);
    if (this.limits.strict && (fields.end_time === undefined) !== (fields.in_progress === true)) {
      const why = 'give either end_time or in_progress: true';
      throw new Refused('InvalidSegment', `${at}end_time`, why);
    }
    this.http(this.optionalObject(fields, 'http', at), `${at}http.`);
    this.optionalObject(fields, 'aws', at);
    this.cause(fields, at);
    this.annotate(fields, at);
    this.metadata(fields, at);
    this.objects(fields, 'subsegments', at)?.forEach((child, index) => {
      const path = `${at}subsegments[${index}].`;
      this.node(child, path, fields);
      this.subsegment(child, path);
    });
  }

  private id(fields: Fields, at: string, within: boolean): void {
    this.identifier(fields, 'id', at, !within || this.limits.strict);
    if (fields.id !== undefined) return;
    fields.id = newId();
    this.addRepair(`${at}id: missing; a new id was generated`);
  }

  private http(http: Fields | undefined, at: string): void {
    if (!http) return;
    const request = this.optionalObject(http, 'request', at);
    if (request) this.scalars(request, REQUEST, `${at}request.`);
    const response = this.optionalObject(http, 'response', at);
    if (response) this.scalars(response, RESPONSE, `${at}response.`);
  }

  private cause(node: Fields, at: string): void {
    const { cause } = node;
    if (typeof cause === 'string')
      return isId(cause) ? this.lower(node, 'cause', cause) : undefined;
    const fields = this.optionalObject(node, 'cause', at);
    if (!fields) return;
    const path = `${at}cause.`;
    this.scalars(fields, CAUSE, path);
    this.texts(fields, 'paths', path);
    this.objects(fields, 'exceptions', path)?.forEach((exception, index) => {
      const place = `${path}exceptions[${index}].`;
      this.scalars(exception, EXCEPTION, place);
      for (const key of ['id', 'cause']) {
        if (isId(exception[key])) this.lower(exception, key, exception[key]);
      }
      this.objects(exception, 'stack', place)?.forEach((frame, number) =>
        this.scalars(frame, FRAME, `${place}stack[${number}].`),
      );
    });
  }

  private annotate(node: Fields, at: string): void {
    const annotations = this.optionalObject(node, 'annotations', at);
    if (!annotations) return;
    const path = `${at}annotations`;
    const { maxAnnotations, strict } = this.limits;
    for (const key of Object.keys(annotations)) {
      const value = this.present(annotations, key);
      if (value === undefined) continue;
      const name = `.${shown(key).slice(1, -1)}`;
      if (++this.annotations > maxAnnotations) {
        const why = `more than ${maxAnnotations} annotations`;
        this.put(annotations, key, path, why, undefined, strict ? '' : name, 'InvalidAnnotation');
      } else if (!isAnnotationValue(value)) {
        const why = `must be a string, a number or a boolean, not ${kindOf(value)}`;
        this.put(annotations, key, path, why, textOf(value), name, 'InvalidAnnotation');
      }
      if (strict && !ANNOTATION_KEY.test(key)) {
        const why = `${shown(key)} may have letters, digits, _ and . only`;
        throw new Refused('InvalidAnnotation', path, why);
      }
      if (key.includes('\0')) this.withoutNul(annotations, key, path);
    }
  }

  /** SQLite's engines treat NUL characters differently, and nobody can type one into a filter expression. */
  private withoutNul(annotations: Fields, key: string, at: string): void {
    const clean = key.replaceAll('\0', '\ufffd');
    annotations[clean] = annotations[key];
    delete annotations[key];
    this.addRepair(
      `${at}: the key ${shown(key)} contains a NUL character; changed to ${shown(clean)}`,
    );
  }

  /** If `metadata` is not an object, its value is kept in the namespace `default` under the key `metadata`. */
  private metadata(node: Fields, at: string): void {
    const value = this.present(node, 'metadata');
    if (value === undefined || (typeof value === 'object' && !Array.isArray(value))) return;
    const kept = textOf(value) === undefined ? undefined : { default: { metadata: value } };
    this.put(node, 'metadata', at, `must be an object, not ${kindOf(value)}`, kept);
  }

  private name(fields: Fields, at: string, within: boolean): void {
    const field = `${at}name`;
    const { strict } = this.limits;
    let { name } = fields;
    if (typeof name !== 'string' || name === '') {
      const why = `must be a string that is not empty, not ${shown(name)}`;
      const text = textOf(name) || (within ? 'unnamed' : undefined);
      if (strict || text === undefined) throw new Refused('InvalidName', field, why);
      this.put(fields, 'name', at, why, (name = text));
    }
    if (!strict) return;
    const text = name as string;
    const wrong = text.search(FORBIDDEN_IN_NAME);
    if (wrong >= 0)
      throw new Refused('InvalidName', field, `character ${wrong} is ${shown(text[wrong])}`);
    if (text.length > 200) {
      throw new Refused('InvalidName', field, `has ${text.length} characters, the limit is 200`);
    }
  }

  /** Does not check that the first part is a time: AWS accepts ids from OpenTelemetry, where it is random. */
  private traceId(fields: Fields): void {
    const value = fields.trace_id;
    if (isTraceId(value)) return this.lower(fields, 'trace_id', value);
    const why = `must be 1-, 8 hexadecimal digits, -, 24 hexadecimal digits, not ${shown(value)}`;
    const id = typeof value === 'string' ? onlyTraceIdIn(value) : undefined;
    if (id === undefined) throw new Refused('InvalidTraceId', 'trace_id', why);
    this.put(fields, 'trace_id', '', why, id, 'trace_id', 'InvalidTraceId');
  }
}

function isAnnotationValue(value: unknown): boolean {
  const kind = typeof value;
  return (
    kind === 'string' ||
    kind === 'boolean' ||
    kind === 'bigint' ||
    (kind === 'number' && Number.isFinite(value))
  );
}
