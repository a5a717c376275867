import { readJson } from '@nestjs-xray/document/exact-json';
import type { Trace } from 'local-xray/console-api';

/** The trace that a file carries, and when it was written, in epoch seconds. */
export interface CarriedTrace {
  trace: Trace;
  at: number;
}

/**
 * Set where this page is one trace exported as a file (see one-trace.tsx). Nothing can be asked of
 * local X-Ray there, so whatever would need it is left out.
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
