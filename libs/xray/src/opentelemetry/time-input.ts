import type { TimeInput } from '@opentelemetry/api';

/** Converts a time of the OpenTelemetry API to epoch seconds; undefined if absent or invalid. */
export function epochSeconds(time: TimeInput | undefined): number | undefined {
  if (time === undefined || time === null) return undefined;
  if (Array.isArray(time)) return finite(time[0] + time[1] / 1e9);
  if (time instanceof Date) return finite(time.getTime() / 1000);
  // Small numbers are from performance.now(): no process runs for three years.
  const ms = time < 1e11 ? performance.timeOrigin + time : time;
  return finite(ms / 1000);
}

function finite(seconds: number): number | undefined {
  return Number.isFinite(seconds) ? seconds : undefined;
}
