import type { FacetKind } from '../aggregates/facets';
import type { Filter, NumberOp, TextOp } from './filter-ast';
import { HAS_CAUSES } from './cause-conditions';
import { keywordOf } from './filter-keywords';
import type { Leaf } from './filter-logic';
import { allOf, anyOf, FALSE, noneOf, sql, TRUE, type Sql, type SqlValue } from './query-database';

/**
 * What SQL can decide of a filter. `upper` holds for every trace that matches; traces for which
 * `lower` holds all match. If both are the same, SQL decides alone.
 */
export interface Bounds {
  upper: Sql;
  lower: Sql;
}

/** What the compiler needs from its caller. */
export interface SqlContext {
  /**
   * The numbers of the shapes that meet a condition on nodes, and of those for which it is
   * undecided.
   */
  shapes(filter: Extract<Leaf, { kind: 'service' | 'edge' }>): { yes: number[]; open: number[] };
  /** The period in which traces must start. Undefined if the search is not by start time. */
  starts: { from: number; to: number } | undefined;
}

export function isExact({ upper, lower }: Bounds): boolean {
  return upper === lower;
}

/** Compiles a filter whose groups are resolved, over `traces AS t`. */
export function compileFilter(filter: Filter, context: SqlContext): Bounds {
  switch (filter.kind) {
    case 'and':
      return combine(filter.items, context, allOf);
    case 'or':
      return combine(filter.items, context, anyOf);
    case 'not': {
      const bounds = compileFilter(filter.item, context);
      if (isExact(bounds)) return exactly(noneOf(bounds.upper));
      return { upper: noneOf(bounds.lower), lower: noneOf(bounds.upper) };
    }
    case 'group':
      throw new Error('Groups must be resolved before a filter is compiled');
    default:
      return compileLeaf(filter, context);
  }
}

function combine(items: Filter[], context: SqlContext, join: (parts: Sql[]) => Sql): Bounds {
  const all = items.map((item) => compileFilter(item, context));
  const upper = join(all.map((each) => each.upper));
  return all.every(isExact)
    ? exactly(upper)
    : { upper, lower: join(all.map((each) => each.lower)) };
}

function exactly(condition: Sql): Bounds {
  return { upper: condition, lower: condition };
}

/** Nothing is decided; this only holds whenever the filter does. */
function atMost(upper: Sql): Bounds {
  return { upper, lower: FALSE };
}

function compileLeaf(leaf: Leaf, context: SqlContext): Bounds {
  switch (leaf.kind) {
    case 'boolean': {
      const { trace } = keywordOf('boolean', leaf.keyword);
      if (trace && 'sql' in trace) return exactly(leaf.is ? trace.sql : noneOf(trace.sql));
      throw new Error(
        `${leaf.keyword} is an abbreviation and must be expanded before the filter is compiled`,
      );
    }
    case 'number':
      return exactly(
        numberCondition(keywordOf('number', leaf.keyword).trace!.column, leaf.op, leaf.value),
      );
    case 'text':
      return compileText(leaf, context);
    case 'annotation':
      return compileAnnotation(leaf, context);
    case 'service':
    case 'edge': {
      const { yes, open } = context.shapes(leaf);
      if (open.length === 0) return exactly(shapeCondition(yes));
      return { upper: shapeCondition([...yes, ...open]), lower: shapeCondition(yes) };
    }
    case 'rootcause':
      return atMost(HAS_CAUSES[leaf.of]);
    case 'rootcause.json':
      return leaf.value.length === 0 ? exactly(TRUE) : atMost(anyOf(Object.values(HAS_CAUSES)));
  }
}

/** Written exactly as in the partial index; see store/schema.ts. */
export const HAS_TROUBLE = '(t.flags & 7) <> 0';

/** Never NULL, so that NOT negates it. */
function numberCondition(column: string, op: NumberOp | undefined, value = 0): Sql {
  if (op === undefined) return sql(`${column} IS NOT NULL`);
  return sql(`(${column} IS NOT NULL AND ${column} ${op === '!=' ? '<>' : op} ?)`, value);
}

/**
 * The occurrences `AS o` of the facets `AS f` whose name meets a condition. Each trace has at least
 * one row.
 */
function facetTraces(kind: FacetKind, named: Sql, starts: SqlContext['starts']): Sql {
  const window = starts ? sql('AND o.start >= ? AND o.start <= ?', starts.from, starts.to) : TRUE;
  return sql(
    `facets AS f CROSS JOIN occurrences AS o ON o.facet = f.n
     WHERE f.kind = ${kind} AND ${named.text} ${window === TRUE ? '' : window.text}`,
    ...named.values,
    ...(window === TRUE ? [] : window.values),
  );
}

function compileText(
  { keyword, op, value }: Extract<Leaf, { kind: 'text' }>,
  { starts }: SqlContext,
): Bounds {
  const trace = keywordOf('text', keyword).trace!;
  if (trace.facet !== undefined) {
    const condition = textCondition('f.name', op, value);
    const { text, values } = facetTraces(trace.facet, condition ?? TRUE, starts);
    const among = sql(`t.n IN (SELECT o.trace FROM ${text})`, ...values);
    return condition ? exactly(among) : atMost(among);
  }
  if (trace.column === undefined) {
    if (trace.within) return atMost(trace.within);
    // The summary contains the text as JSON.stringify writes it, so it must occur somewhere in it.
    if (op === undefined || op === '!=' || !value || !isPlain(value)) return atMost(TRUE);
    return atMost(sql('instr(t.summary, ?) > 0', JSON.stringify(value).slice(1, -1)));
  }
  const condition = textCondition(trace.list ? 'u.value' : trace.column, op, value);
  if (!condition) return atMost(sql(`${trace.column} IS NOT NULL`));
  if (!trace.list) return exactly(condition);
  const { text, values } = condition;
  return exactly(
    sql(`EXISTS (SELECT 1 FROM json_each(${trace.column}) AS u WHERE ${text})`, ...values),
  );
}

/** Undefined if SQLite might see a different text than JavaScript. */
function textCondition(column: string, op: TextOp | undefined, value = ''): Sql | undefined {
  if (!isPlain(value)) return undefined;
  const set = `${column} IS NOT NULL`;
  switch (op) {
    case undefined:
      return sql(set);
    case '=':
      return sql(`(${set} AND ${column} = ?)`, value);
    case '!=':
      return sql(`(${set} AND ${column} <> ?)`, value);
    case 'CONTAINS':
      return sql(`(${set} AND instr(${column}, ?) > 0)`, value);
    case 'BEGINSWITH':
      return sql(`(${set} AND instr(${column}, ?) = 1)`, value);
    case 'ENDSWITH': {
      if (value === '') return sql(set);
      // By bytes: SQLite counts the characters of a text only up to the first NUL.
      const end = Buffer.byteLength(value);
      return sql(`(${set} AND substr(CAST(${column} AS BLOB), -${end}) = CAST(? AS BLOB))`, value);
    }
  }
}

/**
 * Whether SQLite keeps the text unchanged: it replaces unpaired surrogates, and NUL may end the
 * text.
 */
function isPlain(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

function compileAnnotation(
  { key, op, value }: Extract<Leaf, { kind: 'annotation' }>,
  { starts }: SqlContext,
): Bounds {
  if (!isPlain(key) || (typeof value === 'string' && !isPlain(value))) return atMost(TRUE);
  if (op === '=') {
    // All columns of the primary key, so each trace takes one index look-up.
    return exactly(
      sql(
        'EXISTS (SELECT 1 FROM annotations AS e WHERE e.key = ? AND e.value = ? AND e.start = t.start AND e.trace = t.n)',
        key,
        annotationValue(value!),
      ),
    );
  }
  const condition = annotationCondition(op, value);
  const window = starts ? sql('AND e.start >= ? AND e.start <= ?', starts.from, starts.to) : TRUE;
  return exactly(
    sql(
      `t.n IN (SELECT e.trace FROM annotations AS e WHERE e.key = ? ${condition.text} ${window === TRUE ? '' : window.text})`,
      key,
      ...condition.values,
      ...window.values,
    ),
  );
}

/** Booleans are stored as blobs, so that values of different types are never equal. */
export function annotationValue(value: string | number | boolean): SqlValue {
  return typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : value;
}

function annotationCondition(
  op: NumberOp | TextOp | undefined,
  value: string | number | boolean | undefined,
): Sql {
  switch (op) {
    case undefined:
      // Without an operator, a boolean is its own value.
      return sql('AND e.value <> ?', annotationValue(false));
    case '!=':
      return sql('AND e.value <> ?', annotationValue(value!));
    case '<':
    case '<=':
      return sql(`AND e.value ${op} ?`, Number(value));
    case '>':
    case '>=':
      // Text sorts above all numbers.
      return sql(`AND e.value ${op} ? AND e.value < ''`, Number(value));
    default: {
      const { text, values } = textCondition('e.value', op, String(value))!;
      return sql(`AND typeof(e.value) = 'text' AND ${text}`, ...values);
    }
  }
}

function shapeCondition(shapes: number[]): Sql {
  if (shapes.length === 0) return FALSE;
  if (shapes.length <= 500) return sql(`t.shape IN (${shapes.join(', ')})`);
  return sql('t.shape IN (SELECT value FROM json_each(?))', JSON.stringify(shapes));
}
