import { readJson } from '@nestjs-xray/document/exact-json';
import { useEffect, useState } from 'preact/hooks';
import type { ConsoleStatus, TraceRow } from 'local-xray/console-api';

/** The state of the event stream. Times are epoch milliseconds. */
export interface Connection {
  state: 'connecting' | 'open' | 'lost';
  /** How often the stream was opened. Changes before an opening send no events, so data must be read again. */
  openings: number;
  /** When the last event arrived. */
  heardAt?: number;
  /** When the connection was lost. */
  lostAt?: number;
  /** When the next attempt to connect begins. */
  nextTryAt?: number;
}

type Listener<T> = (value: T) => void;

const RETRY_MS = [1_000, 2_000, 4_000, 8_000];
/** The first opening takes a few milliseconds. A read that waited for it need not be repeated. */
const OPENS_SOON_MS = 100;
/** Without an event for this long, the connection counts as lost. `status` arrives every second. */
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

declare global {
  interface Window {
    /** The event stream that `public/events.js` opened. */
    localXrayEvents?: EventSource | undefined;
  }
}

/** Opens the event stream that all components share. Also used for "Try now". */
export function connect(): void {
  clearTimeout(timer);
  source?.close();
  const opened = window.localXrayEvents;
  window.localXrayEvents = undefined;
  source = opened ?? new EventSource('/console/events');
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
  // Its own event came before anyone listened.
  if (source.readyState === EventSource.OPEN) heard();
  else if (source.readyState === EventSource.CLOSED) lost();
}

/** Calls `listener` with the traces that changed. Returns a function that stops it. */
export function onTraces(listener: Listener<TraceRow[]>): () => void {
  traceListeners.add(listener);
  return () => traceListeners.delete(listener);
}

/**
 * Reads now, or, while the stream is being opened for the first time, a moment later. Use it in an effect that depends
 * on `Connection.openings`: when the stream opens, the pending read is cancelled and done at once.
 *
 * @param openings the `Connection.openings` of that effect
 * @returns a function that cancels a read that has not begun
 */
export function readOnceOpen(read: () => void, openings: number): () => void {
  // The stream was opened after the component was rendered. It is being rendered again, and reads then.
  if (openings !== connection.openings) return () => undefined;
  if (connection.state !== 'connecting') {
    read();
    return () => undefined;
  }
  const timer = setTimeout(read, OPENS_SOON_MS);
  return () => clearTimeout(timer);
}

/** The latest status of local X-Ray. */
export function useStatus(): ConsoleStatus | undefined {
  return useStatusPart(unchanged);
}

const unchanged = (status: ConsoleStatus | undefined): ConsoleStatus | undefined => status;

/** A part of the status. The component is rendered again only when that part changes, not every second. */
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
