/** The end of a period without one: traces of a clock that is ahead belong to it, and say so. */
export const END_OF_TIME = 1e11;

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * Converts `15m`, `2h`, `7d`, an ISO 8601 date or epoch seconds to epoch seconds.
 *
 * @throws RangeError when it is none of these.
 */
export function parseSince(text: string, now: number): number {
  const given = text.trim();
  const [, amount, unit] = /^(\d{1,6})\s*([smhd])$/i.exec(given) ?? [];
  if (amount && unit) return now - Number(amount) * UNITS[unit.toLowerCase()]!;
  const time = /^\d{9,11}(\.\d+)?$/.test(given) ? Number(given) : Date.parse(given) / 1000;
  if (Number.isFinite(time)) return time;
  throw new RangeError(
    `since is "${given.slice(0, 40)}", which is not a time. Write a time ago (15m, 2h, 7d), a date (2026-11-27T12:00Z) or epoch seconds.`,
  );
}
