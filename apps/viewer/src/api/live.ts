import { readJson } from '@nestjs-xray/document/exact-json';
import { useEffect, useState } from 'preact/hooks';
import type { ConsoleStatus, TraceRow } from 'local-xray/console-api';

/** Whether events arrive, and since when not. Times are epoch milliseconds. */
export interface Connection {
  state: 'connecting' | 'open' | 'lost';
  /** How often it was opened. What changed before an opening was not told: whoever read before reads again. */
  openings: number;
  /** When local X-Ray was last heard. */
  heardAt?: number;
  /** When the connection was lost. */
  lostAt?: number;
  /** When it is tried again. */
  nextTryAt?: number;
}

type Listener<T> = (value: T) => void;

const RETRY_MS = [1_000, 2_000, 4_000, 8_000];
/** The first opening takes a few milliseconds. A read that waited for it need not be repeated. */
const OPENS_SOON_MS = 100;
/** `status` comes each second; after so long without any the connection counts as lost. */
const SILENCE_MS = 5_000;

const traceListeners = new Set<Listener<TraceRow[]>>();
const statusListeners = new Set<Listener<ConsoleStatus>>();
const connectionListeners = new Set<Listener<Connection>>();

let connection: Connection = { state: 'connecting', openings: 0 };
let lastStatus: ConsoleStatus | undefined;
let source: EventSource | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;
let failures = 0;

function changeConnection(next: Connection): void {
  connection = next;
  for (const listener of connectionListeners) listener(connection);
}

function heard(): void {
  failures = 0;
  clearTimeout(silence);
  silence = setTimeout(lost, SILENCE_MS);
  if (connection.state === 'open') connection.heardAt = Date.now();
  else changeConnection({ state: 'open', openings: connection.openings + 1, heardAt: Date.now() });
}

function lost(): void {
  source?.close();
  source = undefined;
  clearTimeout(silence);
  const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 8_000;
  clearTimeout(timer);
  timer = setTimeout(connect, wait);
  changeConnection({
    state: 'lost',
    openings: connection.openings,
    lostAt: connection.lostAt ?? Date.now(),
    nextTryAt: Date.now() + wait,
    ...(connection.heardAt !== undefined && { heardAt: connection.heardAt }),
  });
}

/** Opens the one stream of events that all components share; also "try now". */
export function connect(): void {
  clearTimeout(timer);
  source?.close();
  source = new EventSource('/console/events');
  source.onopen = heard;
  source.onerror = lost;
  source.addEventListener('traces', (event) => {
    heard();
    const rows = readJson(event.data as string) as TraceRow[];
    for (const listener of traceListeners) listener(rows);
  });
  source.addEventListener('status', (event) => {
    heard();
    lastStatus = JSON.parse(event.data as string) as ConsoleStatus;
    for (const listener of statusListeners) listener(lastStatus);
  });
}

/** Calls back with the traces that changed; gives the function that ends it. */
export function onTraces(listener: Listener<TraceRow[]>): () => void {
  traceListeners.add(listener);
  return () => traceListeners.delete(listener);
}

/**
 * Reads now; while the stream is being opened for the first time, in a moment. Belongs in an effect that
 * depends on `Connection.openings`, so that an opening cancels what waits and reads then.
 *
 * @returns cancels a read that has not begun.
 */
export function readOnceOpen(read: () => void): () => void {
  if (connection.state !== 'connecting') {
    read();
    return () => undefined;
  }
  const timer = setTimeout(read, OPENS_SOON_MS);
  return () => clearTimeout(timer);
}

/** What local X-Ray last said of itself. */
export function useStatus(): ConsoleStatus | undefined {
  return useStatusPart(whole);
}

const whole = (status: ConsoleStatus | undefined): ConsoleStatus | undefined => status;

/** A part of it; the component is drawn again only when that part changes, not each second. */
export function useStatusPart<T>(part: (status: ConsoleStatus | undefined) => T): T {
  const [value, setValue] = useState(() => part(lastStatus));
  useEffect(() => {
    const update = (): void => setValue(() => part(lastStatus));
    update();
    statusListeners.add(update);
    return () => void statusListeners.delete(update);
  }, []);
  return value;
}

export function useConnection(): Connection {
  const [state, setState] = useState(connection);
  useEffect(() => {
    setState(connection);
    connectionListeners.add(setState);
    return () => void connectionListeners.delete(setState);
  }, []);
  return state;
}
