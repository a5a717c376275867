/**
 * What traces have in common and pages count: a route, a hint, a statement, an exception, the version of a service.
 * Each is stored once, and its occurrences refer to it.
 */
export const ROUTE = 1;
export const HINT = 2;
export const STATEMENT = 3;
export const EXCEPTION = 4;
export const VERSION = 5;

export type FacetKind =
  typeof ROUTE | typeof HINT | typeof STATEMENT | typeof EXCEPTION | typeof VERSION;

/** The facet under which whole traces are counted. */
export const WHOLE_TRACE = 0;

/** The details of a facet, stored as JSON with its name. */
export interface FacetBody {
  /** Version: the service. Route: the service, the HTTP method or `JOB`, and the path or the message's pattern. */
  service?: string;
  method?: string;
  path?: string;
  /** Hint: its subject and the method in which it occurred. Statement and exception: the method. */
  subject?: string;
  place?: string;
  /** Statement: `SQL` or `AWS`, the text, and the database. */
  tag?: string;
  text?: string;
  database?: string;
  /** Exception. */
  type?: string;
  message?: string;
  file?: string;
  line?: number;
  status?: string;
}

export interface Facet {
  kind: FacetKind;
  /** The value that the filter keyword of this kind matches; several facets may have the same. */
  name: string;
  body: FacetBody;
}

/** The unique key of a facet in the table of facets. */
export function keyOf({ kind, name, body }: Facet): string {
  const { subject = '', place = '', service = '' } = body;
  return [kind, name, subject, place, service].join('\n');
}

/** Texts from documents can be of any length, so they are cut. */
export const MAX_NAME = 2_000;

export function cut(text: string, length = MAX_NAME): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
