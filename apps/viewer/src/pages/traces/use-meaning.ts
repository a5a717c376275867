import { idsInText } from '@nestjs-xray/trace';
import type { FoundTraces } from 'local-xray/console-api';
import { useEffect, useState } from 'preact/hooks';
import { api, type TraceQuery } from '../../api/client';
import { meaningsOf, type Meaning } from '../../model/filter/meanings';
import { plural } from '../../model/format';
import type { Suggestion } from './use-completions';

/** How long the text must be unchanged before suggestions for its meaning are requested. */
const REST_MS = 200;
const MOST_OFFERED = 6;

/** What a text that is not a filter expression may mean. */
export interface Meant {
  /** The text that this refers to. */
  text: string;
  /** The traces that the text names by their ids. */
  found?: FoundTraces;
  /** Filters that may be meant, with the number of traces that each finds. */
  filters: Suggestion[];
}

/** The traces that a text names. Undefined if it names none, or is a filter expression. */
export async function tracesNamed(
  text: string,
  signal?: AbortSignal,
): Promise<FoundTraces | undefined> {
  const { traces, spans } = idsInText(text);
  const ids = [...traces, ...spans];
  if (ids.length === 0 || (await isExpression(text, signal))) return undefined;
  // Send only the ids, because a log line may be too long for an address.
  const asked = traces.length > 0 ? [`Root=${traces[0]}`, ...ids.slice(1, 40)] : ids.slice(0, 40);
  return api.find(asked.join(' '), signal);
}

async function isExpression(text: string, signal?: AbortSignal): Promise<boolean> {
  return text.length < 4_000 && (await api.filterParts(text, signal)).length > 0;
}

/** Requests what a text may mean that is not a filter expression. `bounds` limits the traces that are counted. */
export function useMeaning(
  text: string,
  active: boolean,
  bounds: () => TraceQuery,
): Meant | undefined {
  const [meant, setMeant] = useState<Meant>();
  useEffect(() => {
    if (!active || text.trim() === '') return undefined;
    const abort = new AbortController();
    const look = async (): Promise<void> => {
      const found = await tracesNamed(text, abort.signal);
      if (found) return setMeant({ text, found, filters: [] });
      const filters = await filtersMeant(text, bounds(), abort.signal);
      if (!abort.signal.aborted) setMeant({ text, filters });
    };
    const timer = setTimeout(() => void look().catch(() => undefined), REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, active]);
  return active && meant?.text === text ? meant : undefined;
}

async function filtersMeant(
  text: string,
  bounds: TraceQuery,
  signal: AbortSignal,
): Promise<Suggestion[]> {
  if (meaningsOf(text, []).length === 0 || (await isExpression(text, signal))) return [];
  const { values } = await api.annotationKeys(signal);
  const keys = values.map(({ value }) => String(value)).filter((key) => key !== 'http_route');
  const meanings = meaningsOf(text, keys);
  const countOf = async (filter: string): Promise<number> =>
    (await api.traces({ ...bounds, filter, limit: 1 }, signal)).counts.total;
  const counted = await Promise.all(
    meanings.map(async ({ filters }: Meaning) => {
      const each = filters.map(async (filter) => ({ filter, found: await countOf(filter) }));
      // Filters that find nothing come last. Otherwise the most likely one stays first.
      return (await Promise.all(each)).sort((a, b) => Number(b.found > 0) - Number(a.found > 0));
    }),
  );
  const offered: Suggestion[] = [];
  if (counted.length > 1) {
    const all = counted.map(([best]) => best!.filter).join(' AND ');
    offered.push(suggestion(all, await countOf(all), 'All words'));
  }
  const single = counted
    .flatMap((each) => {
      const some = each.filter(({ found }) => found > 0);
      return (some.length > 0 ? some : each.slice(0, 1)).map((one, at) => ({ ...one, at }));
    })
    // The most likely meaning of each word comes before the second meaning of any word.
    .sort((a, b) => a.at - b.at);
  const group = counted.length > 1 ? 'One word' : 'Did you mean';
  for (const { filter, found } of single) offered.push(suggestion(filter, found, group));
  return offered.filter(({ text: each }) => each !== text).slice(0, MOST_OFFERED);
}

function suggestion(filter: string, found: number, group: string): Suggestion {
  const seen = found === 0 ? 'none' : plural(found, 'trace');
  return { text: filter, insert: filter, about: '', seen, group, replacesAll: true };
}
