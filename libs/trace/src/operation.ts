import { pathOf, patternOf, shortQuery } from './node-label';
import { remembered } from './remembered';
import type { Hue, TraceNode } from './trace-node';

/** What a node does, regardless of its arguments: two runs have the same operation. */
export interface Operation {
  key: string;
  label: string;
  tag?: string;
  hue: Hue;
}

/** Matches ids in a path or a statement: numbers, UUIDs and long hexadecimal ids. */
const ID_IN_PATH = /\/(\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,})(?=\/|$)/gi;

/**
 * Names what the node does, without the parts that differ between calls: literals in a
 * statement, ids in a path, the response status.
 */
export function operationOf(node: TraceNode): Operation {
  let operation = operations.get(node);
  if (!operation) operations.set(node, (operation = workOut(node)));
  return operation;
}

/** Cache: several hints need the operation of each node. */
const operations = new WeakMap<TraceNode, Operation>();

function workOut(node: TraceNode): Operation {
  const { doc, kind, tag, hue } = node;
  const label = kind === 'segment' ? withPattern(node) : labelOf(node);
  const statement = 'sql' in doc ? doc.sql?.sanitized_query : undefined;
  // Not the short form, which omits the columns by which statements differ.
  const identity = statement === undefined ? label : identityOf(statement);
  return {
    key: `${kind === 'segment' ? 'segment' : (tag ?? '')} ${node.name} ${identity}`,
    label,
    hue,
    ...(tag !== undefined && { tag }),
  };
}

const identityOf = remembered((statement) => withoutLiterals(statement.replace(/\s+/g, ' ')));
const labelOfStatement = remembered((statement) => shortQuery(withoutLiterals(statement)));

function labelOf({ doc, name, tag, detail }: TraceNode): string {
  const statement = 'sql' in doc ? doc.sql?.sanitized_query : undefined;
  if (statement !== undefined) return labelOfStatement(statement);
  const { method, url } = doc.http?.request ?? {};
  if (method !== undefined || url !== undefined) {
    const route = doc.annotations?.http_route;
    const path =
      typeof route === 'string'
        ? route
        : url === undefined
          ? ''
          : pathOf(url).replace(ID_IN_PATH, '/:id');
    return [name, method, path].filter(Boolean).join(' ');
  }
  if (tag === 'AWS') return `${name} ${detail.replace(/ ?\d{3}$/, '')}`.trim();
  return withPattern({ doc, name });
}

function withPattern({ doc, name }: Pick<TraceNode, 'doc' | 'name'>): string {
  return `${name} ${patternOf(doc)}`.trim();
}

/** `WHERE id = 7 AND name = 'x'` becomes `WHERE id = ? AND name = ?`; `$1` stays. */
export function withoutLiterals(statement: string): string {
  return statement
    .slice(0, 10_000)
    .replace(/'(?:[^']|'')*'/g, '?')
    .replace(/(?<![\w$.])-?\d+(?:\.\d+)?\b/g, '?')
    .replace(/\(\s*\?(?:\s*,\s*\?)+\s*\)/g, '(?)');
}

/** The verb of a statement and the first table that it names: `SELECT replies`. */
export function subjectOf(statement: string): string {
  const verb = /^\s*(\w+)/.exec(statement)?.[1]?.toUpperCase() ?? 'query';
  const table = /\b(?:from|into|update|join)\s+["`]?([\w.]+)/i.exec(statement)?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}
