import type { TraceList, TraceRow } from '../console-api';
import { rowText } from '../texts/row-text';
import { parseSince } from '../texts/since';
import type { Endpoint } from './endpoint';

interface ListOptions {
  filter: string | undefined;
  since: string;
  limit: number;
}

/** Prints the newest traces, the newest last, as in a log. */
export async function listTraces(endpoint: Endpoint, options: ListOptions): Promise<string[]> {
  const rows = await read(endpoint, options);
  return rows.reverse().map((row) => rowText(row));
}

/** Prints each trace once it has ended, until it is aborted. */
export async function tailTraces(
  endpoint: Endpoint,
  filter: string | undefined,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const from = Date.now() / 1000;
  const printed = new Set<string>();
  while (!signal.aborted) {
    // A trace is found by its start, and may have started some time before it ends.
    const since = String(Math.max(from - 1, Date.now() / 1000 - 300));
    for (const row of (await read(endpoint, { filter, since, limit: 1_000 })).reverse()) {
      if (row.partial || printed.has(row.id)) continue;
      printed.add(row.id);
      print(rowText(row));
    }
    await pause(500, signal);
  }
}

async function read(
  endpoint: Endpoint,
  { filter, since, limit }: ListOptions,
): Promise<TraceRow[]> {
  const start = parseSince(since, Date.now() / 1000);
  const response = await endpoint.get('/console/traces', { filter, start, limit });
  return ((await response.json()) as TraceList).rows;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
