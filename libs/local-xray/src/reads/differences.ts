import { EXCEPTION, HINT, ROUTE, VERSION } from '../aggregates/facets';
import type { DifferentAttribute, Differences } from '../console-api';
import type { TraceSummary } from '../trace';
import { valueOf } from '../store/annotation-values';
import { quoted } from './figures';
import type { ReadContext } from './read-context';
import { requestOf } from './trace-lists';
import type { DifferencesQuery, TraceSelection } from './trace-reads';

/** The sample size per side, spread evenly; shares are then accurate to one or two points. */
const MOST = 4_000;
const MAX_VALUES = 50;
/** Smaller differences in share are considered chance. */
const LEAST = 0.05;

/** Finds the attribute values that are more frequent on one side. */
export async function readDifferences(
  context: ReadContext,
  query: DifferencesQuery,
  signal: AbortSignal,
): Promise<Differences> {
  const { a, b, ...selection } = query;
  const ofA = [within(selection, a)];
  const ofB = b ? [within(selection, b)] : restOf(selection, a);
  const attributes = new Attributes();
  const sideA = await look(context, ofA, signal, (attribute, value, filter) =>
    attributes.add(attribute, value, filter, 'a'),
  );
  const sideB = await look(context, ofB, signal, (attribute, value, filter) =>
    attributes.add(attribute, value, filter, 'b'),
  );
  return { a: sideA, b: sideB, ...attributes.compared(sideA.looked, sideB.looked) };
}

type Side = DifferencesQuery['a'];

function within(selection: TraceSelection, { filter, from, to }: Side): TraceSelection {
  return {
    ...selection,
    from: Math.max(selection.from, from ?? 0),
    to: Math.min(selection.to, to ?? Infinity),
    ...both(selection.filter, filter),
  };
}

/** What of the selection is not on the side: before and after its time, and in it what does not meet its filter. */
function restOf(selection: TraceSelection, side: Side): TraceSelection[] {
  const { from = selection.from, to = selection.to, filter } = side;
  const parts: TraceSelection[] = [];
  if (from > selection.from) parts.push({ ...selection, to: from - 1e-6 });
  if (to < selection.to) parts.push({ ...selection, from: to + 1e-6 });
  if (filter?.trim()) {
    parts.push({ ...within(selection, side), ...both(selection.filter, `NOT (${filter})`) });
  }
  return parts;
}

function both(a: string | undefined, b: string | undefined): { filter?: string } {
  const parts = [a, b].filter((each) => each?.trim());
  if (parts.length === 0) return {};
  return { filter: parts.length === 1 ? parts[0]! : `(${parts[0]}) AND (${parts[1]})` };
}

type Found = (attribute: string, value: string, filter: string) => void;

interface Looked {
  n: number;
  users: string | null;
  status: number | null;
  summary: string;
}

async function look(
  context: ReadContext,
  parts: readonly TraceSelection[],
  signal: AbortSignal,
  found: Found,
): Promise<{ count: number; looked: number }> {
  let count = 0;
  for (const part of parts) {
    const counts = await context.search.countByFlags(requestOf(context, part), signal);
    for (const each of counts.values()) count += each;
  }
  const every = Math.max(1, Math.ceil(count / MOST));
  let looked = 0;
  for (const part of parts) {
    for await (const { source, where } of context.search.parts(requestOf(context, part), signal)) {
      const rows = context.database
        .prepare(
          `SELECT t.n, t.users, t.status, t.summary FROM ${source.text} WHERE (${where.text}) AND t.n % ? = 0`,
        )
        .all<Looked>([...source.values, ...where.values, every]);
      looked += rows.length;
      for (const row of rows) attributesOf(row, found);
      facetsOf(context, rows, found);
    }
  }
  return { count, looked };
}

function attributesOf({ users, status, summary }: Looked, found: Found): void {
  const { Annotations, Http, ServiceIds, InstanceIds, AvailabilityZones } = JSON.parse(
    summary,
  ) as TraceSummary;
  for (const user of users === null ? [] : (JSON.parse(users) as string[])) {
    found('user', user, `user = ${quoted(user)}`);
  }
  if (status !== null) found('http.status', String(status), `http.status = ${status}`);
  if (Http?.HttpMethod)
    found('http.method', Http.HttpMethod, `http.method = ${quoted(Http.HttpMethod)}`);
  for (const name of new Set(ServiceIds.map(({ Name }) => Name))) {
    found('service', name, `service(${quoted(name)})`);
  }
  for (const { Id } of InstanceIds) found('instance.id', Id, `instance.id = ${quoted(Id)}`);
  for (const { Name } of AvailabilityZones) {
    found('availabilityzone', Name, `availabilityzone = ${quoted(Name)}`);
  }
  for (const [key, values] of Object.entries(Annotations)) {
    // The route is an attribute of its own.
    if (key === 'http_route') continue;
    const name = /^[A-Za-z_]\w*$/.test(key) ? `annotation.${key}` : `annotation[${quoted(key)}]`;
    for (const value of new Set(values.map(({ AnnotationValue }) => valueOf(AnnotationValue)))) {
      const text = typeof value === 'string' ? quoted(value) : String(value);
      found(name, String(value), `${name} = ${text}`);
    }
  }
}

const NAMES = new Map<number, string>([
  [ROUTE, 'route'],
  [HINT, 'hint'],
  [EXCEPTION, 'exception'],
  [VERSION, 'service.version'],
]);

function facetsOf({ database }: ReadContext, rows: readonly Looked[], found: Found): void {
  const facets = database
    .prepare(
      `SELECT DISTINCT o.trace, o.kind, f.name FROM json_each(?) AS chosen CROSS JOIN occurrences AS o
       CROSS JOIN facets AS f WHERE o.trace = chosen.value AND o.kind IN (${[...NAMES.keys()].join(', ')}) AND f.n = o.facet`,
    )
    .all<{ kind: number; name: string }>([JSON.stringify(rows.map(({ n }) => n))]);
  for (const { kind, name } of facets) {
    const attribute = NAMES.get(kind)!;
    found(attribute, name, `${attribute} = ${quoted(name)}`);
  }
}

/** Counts each value of each attribute on both sides. */
class Attributes {
  private readonly all = new Map<string, Map<string, { filter: string; a: number; b: number }>>();

  add(attribute: string, value: string, filter: string, side: 'a' | 'b'): void {
    const values =
      this.all.get(attribute) ?? new Map<string, { filter: string; a: number; b: number }>();
    this.all.set(attribute, values);
    const known = values.get(value) ?? { filter, a: 0, b: 0 };
    known[side]++;
    values.set(value, known);
  }

  compared(a: number, b: number): Pick<Differences, 'attributes' | 'same'> {
    const gap = (value: { a: number; b: number }): number =>
      Math.abs(value.a / Math.max(1, a) - value.b / Math.max(1, b));
    const attributes: DifferentAttribute[] = [];
    const same: string[] = [];
    for (const [name, counts] of this.all) {
      const values = [...counts]
        .map(([value, counted]) => ({ value, ...counted }))
        .sort((x, y) => gap(y) - gap(x));
      const difference = a > 0 && b > 0 ? gap(values[0]!) : 0;
      if (difference < LEAST) same.push(name);
      else attributes.push({ name, values: values.slice(0, MAX_VALUES), difference });
    }
    attributes.sort((x, y) => y.difference - x.difference);
    return { attributes, same: same.sort() };
  }
}
