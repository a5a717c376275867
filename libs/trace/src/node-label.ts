import type { NodeDocument, SegmentDocument, SubsegmentDocument } from './document';
import { remembered } from './remembered';
import type { Hue } from './trace-node';

export interface NodeLabel {
  title: string;
  detail: string;
  tag?: string;
  hue: Hue;
}

/** The path of a URL without its query; other text unchanged. */
export function pathOf(url: string): string {
  const path =
    /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? url.split(/[?#]/, 1)[0] ?? url;
  if (!path.includes('%')) return path || '/';
  try {
    return decodeURI(path) || '/';
  } catch {
    return path;
  }
}

/** `GET /api/activities 404`, from the parts that are present. */
function requestOf(doc: NodeDocument, { status }: { status: boolean }): string {
  const { request, response } = doc.http ?? {};
  const route = doc.annotations?.http_route;
  return [
    request?.method,
    typeof route === 'string' ? route : request?.url !== undefined && pathOf(request.url),
    status && response?.status,
  ]
    .filter(Boolean)
    .join(' ');
}

/** The pattern of a message that nestjs-xray recorded, at its receiver or its sender. */
export function patternOf({ annotations, metadata }: NodeDocument): string {
  const nest = metadata?.nest as { rpc?: { pattern?: unknown } | null } | null | undefined;
  const pattern = annotations?.rpc_pattern ?? annotations?.ws_event ?? nest?.rpc?.pattern;
  return typeof pattern === 'string' ? pattern.slice(0, MAX_PATTERN) : '';
}

const MAX_PATTERN = 200;

export function labelOfSegment(doc: SegmentDocument): NodeLabel {
  const detail = requestOf(doc, { status: false }) || patternOf(doc);
  return { title: doc.name, detail, tag: 'segment', hue: 'own' };
}

export function labelOfSubsegment(doc: SubsegmentDocument): NodeLabel {
  if (doc.sql) {
    const query = doc.sql.sanitized_query;
    return query
      ? { title: shortQuery(query), detail: '', tag: 'SQL', hue: 'sql' }
      : { title: doc.name, detail: '', tag: 'SQL', hue: 'sql' };
  }
  if (doc.namespace === 'aws') {
    const operation = doc.aws?.operation;
    const table = doc.aws?.table_name ?? doc.aws?.bucket_name;
    const status = doc.http?.response?.status;
    const detail = [operation, table, status].filter(
      (part) => typeof part === 'string' || typeof part === 'number',
    );
    return { title: doc.name, detail: detail.join(' '), tag: 'AWS', hue: 'call' };
  }
  if (doc.namespace === 'remote') {
    const detail = requestOf(doc, { status: true }) || patternOf(doc);
    return { title: doc.name, detail, tag: doc.http ? 'HTTP' : 'remote', hue: 'call' };
  }
  return { title: doc.name, detail: doc.http ? requestOf(doc, { status: true }) : '', hue: 'own' };
}

/**
 * Shortens a statement to fit a row: collapses white space, replaces the columns of a SELECT
 * with an ellipsis, since FROM and what follows matter more, and removes the quotation marks
 * that query builders put around names.
 */
export const shortQuery = remembered((query) => {
  const line = query
    .slice(0, 2_000)
    .replace(/\s+/g, ' ')
    .replace(/"(\w+)"/g, '$1')
    .trim();
  const select = /^(SELECT(?: DISTINCT)?) .*? (FROM .*)$/i.exec(line);
  return select ? `${select[1]?.toUpperCase()} … ${select[2]}` : line;
});
