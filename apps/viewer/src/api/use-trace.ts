import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';
import type { Trace } from 'local-xray/console-api';
import { buildTree, type TraceTree } from '@nestjs-xray/trace';
import { carried } from '../model/carried';
import { api } from './client';
import { onTraces, readOnceOpen, useConnection } from './live';

export interface LoadedTrace {
  trace?: Trace;
  tree?: TraceTree;
  /** Why the trace could not be loaded. */
  error?: Error;
}

/** How often bars in progress grow, in milliseconds. */
const GROW_MS = 200;
/** A tree with more nodes is updated less often, because building it takes longer. */
const LARGE = 1_000;

/**
 * A trace and its tree, fetched again when local X-Ray reports that it changed, and whenever the event stream was
 * opened. If that fails, the last copy is kept.
 */
export function useTrace(id: string): LoadedTrace {
  const [trace, setTrace] = useState<Trace | undefined>(carried?.trace);
  const [error, setError] = useState<Error>();
  const { state, openings } = useConnection();
  const lost = state === 'lost';
  const size = useRef(0);

  useEffect(() => {
    if (carried) return undefined;
    const abort = new AbortController();
    let busy = false;
    let again = false;
    const load = async (): Promise<void> => {
      again = busy;
      if (busy) return;
      busy = true;
      try {
        setTrace(await api.trace(id, abort.signal));
        setError(undefined);
      } catch (problem) {
        if (!abort.signal.aborted) setError(problem as Error);
      }
      busy = false;
      if (again && !abort.signal.aborted) void load();
    };
    const cancel = readOnceOpen(() => void load(), openings);
    const stop = onTraces((rows) => {
      if (rows.some((row) => row.id === id)) void load();
    });
    return () => {
      cancel();
      stop();
      abort.abort();
    };
  }, [id, openings]);

  const open = useMemo(() => trace !== undefined && isOpen(trace), [trace]);
  const now = useNow(open && !lost && !carried, (size.current > LARGE ? 5 : 1) * GROW_MS);
  const tree = useMemo(() => trace && buildTree(trace, carried?.at ?? now), [trace, now]);
  size.current = tree?.nodes.length ?? 0;
  return { ...(trace && tree && { trace, tree }), ...(error && { error }) };
}

/** Whether a part of the trace is in progress. */
function isOpen(trace: Trace): boolean {
  const docs: (SegmentDocument | SubsegmentDocument)[] = [...trace.segments, ...trace.orphans];
  for (let doc = docs.pop(); doc; doc = docs.pop()) {
    if (typeof doc.end_time !== 'number') return true;
    if (Array.isArray(doc.subsegments)) docs.push(...doc.subsegments);
  }
  return false;
}

/** Epoch seconds, updated every `stepMs` while `running`. */
export function useNow(running: boolean, stepMs: number): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    setNow(Date.now() / 1000);
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now() / 1000), stepMs);
    return () => clearInterval(timer);
  }, [running, stepMs]);
  return now;
}
