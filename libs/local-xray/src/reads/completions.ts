import type { AnnotationValue } from '@nestjs-xray/document';
import type { Completions } from '../console-api';
import { VERSION } from '../aggregates/facets';
import { decodeShape } from '../trace/trace-shape';
import { bytesOf, type Driver, type SqlValue } from '../store/driver';
import { best } from './best-completions';
import type { CompletionsQuery } from './trace-reads';

/** The most values examined: completions need not be exhaustive. */
const MAX_DISTINCT = 1000;
const MAX_COUNT = 1000;
const MAX_RECENT = 5000;

type Value = Completions['values'][number];

/** The stored values that start with `prefix`, ignoring case, most frequent first. */
export function completions(driver: Driver, { kind, key, prefix }: CompletionsQuery): Value[] {
  switch (kind) {
    case 'services':
      return best(services(driver), prefix);
    case 'annotation-keys':
      return best(annotationKeys(driver), prefix);
    case 'annotation-values':
      return best(annotationValues(driver, key, prefix), prefix);
    case 'users':
      return best(recent(driver, 'value', ', json_each(users)'), prefix);
    case 'urls':
      return best(recent(driver, 'url'), prefix);
    case 'methods':
      return best(recent(driver, 'method'), prefix);
    case 'versions':
      return best(versions(driver), prefix);
  }
}

/** Reads the shapes of the latest traces, which contain the names of all nodes. */
function services(driver: Driver): Value[] {
  const rows = driver
    .prepare(
      `SELECT body, count FROM (SELECT shape, count(*) AS count FROM
       (SELECT shape FROM traces ORDER BY start DESC LIMIT ${MAX_RECENT}) GROUP BY shape) JOIN shapes ON n = shape`,
    )
    .all<{ body: string; count: number }>();
  const counts = new Map<string, number>();
  for (const { body, count } of rows) {
    for (const name of new Set(decodeShape(body).nodes.map((node) => node.name))) {
      counts.set(name, (counts.get(name) ?? 0) + count);
    }
  }
  return [...counts].map(([value, count]) => ({ value, type: 'string', count }));
}

/** Skips from key to key in the index; a plain DISTINCT would read the whole index. */
function annotationKeys(driver: Driver): Value[] {
  return driver
    .prepare(
      `WITH RECURSIVE keys (key) AS (
         SELECT min(key) FROM annotations
         UNION ALL
         SELECT (SELECT min(key) FROM annotations WHERE key > keys.key) FROM keys WHERE key IS NOT NULL
         LIMIT ${MAX_DISTINCT}
       )
       SELECT key AS value, (SELECT count(*) FROM (SELECT 1 FROM annotations a WHERE a.key = keys.key LIMIT ${MAX_COUNT})) AS count,
         (SELECT min(a.value) FROM annotations a WHERE a.key = keys.key) AS least,
         (SELECT max(a.value) FROM annotations a WHERE a.key = keys.key) AS most
       FROM keys WHERE key IS NOT NULL`,
    )
    .all<{ value: string; count: number; least: unknown; most: unknown }>()
    .map(({ value, count, least, most }) => {
      const { type } = typed(least);
      // A key with values of several types counts as a string: all values can be compared as one.
      return { value, type: type === typed(most).type ? type : 'string', count };
    });
}

/** As above. Values sort as numbers, then text, then booleans; text is read from the prefix on. */
function annotationValues(driver: Driver, key: string, prefix: string): Value[] {
  const read = (condition: string, values: SqlValue[]) =>
    driver
      .prepare(
        `WITH RECURSIVE found (value) AS (
           SELECT (SELECT value FROM annotations WHERE key = ?1 AND ${condition} ORDER BY value LIMIT 1)
           UNION ALL
           SELECT (SELECT value FROM annotations WHERE key = ?1 AND value > found.value ORDER BY value LIMIT 1)
           FROM found WHERE value IS NOT NULL
           LIMIT ${MAX_DISTINCT}
         )
         SELECT value, (SELECT count(*) FROM (
           SELECT 1 FROM annotations a WHERE a.key = ?1 AND a.value = found.value LIMIT ${MAX_COUNT}
         )) AS count
         FROM found WHERE value IS NOT NULL`,
      )
      .all<{ value: unknown; count: number }>([key, ...values])
      .map(({ value, count }): Value => ({ ...typed(value), count }));
  const all = read('1', []);
  // Completion does not mind the case, so what the first thousand do not have is searched for as it was typed.
  return all.length < MAX_DISTINCT ? all : [...all, ...read('value >= ?2', [prefix])];
}

/** Versions of services; a version is stored once for each service that has it. */
function versions(driver: Driver): Value[] {
  return driver
    .prepare(
      `SELECT f.name AS value, sum((SELECT count(*) FROM (
         SELECT 1 FROM occurrences AS o WHERE o.facet = f.n AND o.traces = 1 LIMIT ${MAX_COUNT}
       ))) AS count FROM facets AS f WHERE f.kind = ${VERSION} GROUP BY f.name ORDER BY f.name DESC LIMIT ${MAX_DISTINCT}`,
    )
    .all<{ value: string; count: number }>()
    .map(({ value, count }) => ({ value, type: 'string', count }));
}

function recent(driver: Driver, column: 'url' | 'method' | 'value', join = ''): Value[] {
  return driver
    .prepare(
      `SELECT ${column} AS value, count(*) AS count FROM
       (SELECT url, method, users FROM traces ORDER BY start DESC LIMIT ${MAX_RECENT})${join}
       WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY count DESC LIMIT ${MAX_DISTINCT}`,
    )
    .all<{ value: string; count: number }>()
    .map(({ value, count }) => ({ value, type: 'string', count }));
}

/** Booleans are stored as blobs of one byte. */
function typed(value: unknown): { value: AnnotationValue; type: Value['type'] } {
  if (typeof value === 'string') return { value, type: 'string' };
  if (typeof value === 'number' || typeof value === 'bigint')
    return { value: Number(value), type: 'number' };
  return { value: bytesOf(value)[0] === 1, type: 'boolean' };
}
