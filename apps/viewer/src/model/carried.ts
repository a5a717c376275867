import { readJson } from '@nestjs-xray/document/exact-json';
import type { Trace } from 'local-xray/console-api';

/** The trace in an exported file, and when the file was written, in epoch seconds. */
export interface CarriedTrace {
  trace: Trace;
  at: number;
}

/**
 * Set if this page is one trace exported as a file (see one-trace.tsx). No requests can be sent to local X-Ray then, so
 * whatever needs it is left out.
 */
export const carried: CarriedTrace | undefined = read();

function read(): CarriedTrace | undefined {
  const holder = typeof document === 'undefined' ? null : document.getElementById('carried-trace');
  if (!holder) return undefined;
  return {
    trace: readJson(holder.textContent ?? '') as Trace,
    at: Number(holder.dataset.at),
  };
}
