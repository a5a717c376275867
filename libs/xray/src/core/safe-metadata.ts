import { Budget } from './metadata-budget';
import { Copier, snapshots } from './metadata-copier';
import type { Entries } from './metadata-entries';
import { DEFAULT_REDACTED } from './redact';

export { DEFAULT_REDACTED };

/**
 * Copies any `value` so that JSON can hold it: cycles, BigInt, Map, Set, Date, Buffer, getters and
 * toJSON methods that throw. Values of keys that look secret become `[redacted]`. Copying stops
 * when `budget` is used up.
 */
export function safeCopy(
  value: unknown,
  redacted: RegExp = DEFAULT_REDACTED,
  budget = new Budget(Infinity),
): unknown {
  return new Copier(redacted, budget, 0).copy(value);
}

/** Metadata contains namespaces and a namespace contains values, so a value is two levels deep. */
const DEPTH_OF_VALUE = 2;
/**
 * Values up to this length are copied when they are recorded; longer ones when the document is
 * written.
 */
const MAX_SNAPSHOT = 4_096;

/**
 * Returns what to keep of a metadata value when it is recorded: a copy of a small value, so that
 * the application may change its own, or a large value itself.
 */
export function snapshot(value: unknown, redacted: RegExp): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const budget = new Budget(MAX_SNAPSHOT);
  const copy = new Copier(redacted, budget, DEPTH_OF_VALUE).copy(value);
  if (budget.exceeded || budget.left < 0) return value;
  if (typeof copy === 'object' && copy !== null) snapshots.set(copy, MAX_SNAPSHOT - budget.left);
  return copy;
}

/**
 * The metadata of a node as JSON, within the same limits. What `addMetadata` collected becomes text
 * at once: a copy of it would be thrown away.
 */
export function metadataJson(
  metadata: Record<string, Entries>,
  redacted: RegExp,
  budget: Budget,
): string {
  return new Copier(redacted, budget, 0).metadataText(metadata);
}
