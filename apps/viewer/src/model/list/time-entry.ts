/** Parses a time that a user typed, to epoch seconds. Undefined if it is not a time. */
export function readTime(text: string, now: number): number | undefined {
  const written = text.trim().replace(/\s+/g, ' ');
  for (const read of [relative, epoch, zoned, byDay, local]) {
    const found = read(written, now);
    if (found !== undefined && Number.isFinite(found)) return found;
  }
  return undefined;
}

const UNITS: Record<string, number> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
};

/** `now`, `2h ago`, `90 minutes ago`, `-15m` */
function relative(text: string, now: number): number | undefined {
  if (/^now$/i.test(text)) return now;
  const match =
    /^(?:-\s?)?(\d+(?:\.\d+)?) ?(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)( ago)?$/i.exec(
      text,
    );
  if (!match || !(match[3] || text.startsWith('-'))) return undefined;
  return now - Number(match[1]) * UNITS[match[2]!.charAt(0).toLowerCase()]!;
}

/** `1795354386.25`, or the same in milliseconds, microseconds or nanoseconds, as in logs. */
function epoch(text: string): number | undefined {
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return Number(text);
  if (!/^(\d{13}|\d{16}|\d{19})$/.test(text)) return undefined;
  return Number(text) / 10 ** (text.length - 10);
}

const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`;
const ZONE = String.raw`\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})`;
const ISO = new RegExp(String.raw`\b(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ,]\s?${CLOCK})?`);
const ISO_ZONED = new RegExp(ISO.source + ZONE, 'i');
const LOG = new RegExp(String.raw`\b(\d{1,2})/([A-Za-z]{3})/(\d{4}):${CLOCK}${ZONE}`);

/** A time with a time zone, anywhere in a log line: `2026-11-22T14:06:11.377Z`, `22/Nov/2026:14:06:11 +0100`. */
function zoned(text: string): number | undefined {
  const iso = ISO_ZONED.exec(text);
  if (iso && iso[4] !== undefined) {
    const [, year, month, day, ...rest] = iso;
    return utc([Number(year), Number(month) - 1, Number(day)], rest);
  }
  const log = LOG.exec(text);
  if (!log) return undefined;
  const [, day, month, year, ...rest] = log;
  return utc([Number(year), monthOf(month!), Number(day)], rest);
}

function utc(date: readonly [number, number, number], rest: (string | undefined)[]) {
  const zone = rest[4] ?? 'Z';
  const at = Date.UTC(...date) / 1000;
  const seconds = secondsOf(rest);
  const day = new Date(at * 1000);
  if (seconds === undefined || day.getUTCDate() !== date[2] || day.getUTCMonth() !== date[1])
    return undefined;
  const offset = /([+-])(\d{2}):?(\d{2})/.exec(zone);
  const minutes = offset ? Number(offset[2]) * 60 + Number(offset[3]) : 0;
  return at + seconds - minutes * 60 * (offset?.[1] === '-' ? -1 : 1);
}

/** `14:06`, `today 14:06`, `yesterday`, `yesterday 02:00` */
function byDay(text: string, now: number): number | undefined {
  const match = new RegExp(String.raw`^(?:(today|yesterday),? ?)?(?:(?:at )?${CLOCK})?$`, 'i').exec(
    text,
  );
  if (!match || text === '') return undefined;
  const day = new Date(now * 1000);
  const back = match[1]?.toLowerCase() === 'yesterday' ? 1 : 0;
  return at([day.getFullYear(), day.getMonth(), day.getDate() - back], match.slice(2));
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WRITTEN = new RegExp(
  String.raw`^(?:[a-z]{3,9},? )?(?:(\d{1,2}) ([a-z]{3,9})|([a-z]{3,9}) (\d{1,2}))(?:,? (\d{4}))?(?:,? (?:at )?${CLOCK})?$`,
  'i',
);

/** A time in the browser's time zone: `2026-11-22 14:06:11,377` anywhere in a log line, `Sun 22 Nov 14:06`. */
function local(text: string, now: number): number | undefined {
  const iso = ISO.exec(text);
  if (iso) return at([Number(iso[1]), Number(iso[2]) - 1, Number(iso[3])], iso.slice(4));
  const match = WRITTEN.exec(text);
  if (!match) return undefined;
  const day = Number(match[1] ?? match[4]);
  const month = monthOf(match[2] ?? match[3] ?? '');
  if (month < 0) return undefined;
  const rest = match.slice(6);
  if (match[5]) return at([Number(match[5]), month, day], rest);
  // Without a year, the latest such day that is not in the future is meant.
  const year = new Date(now * 1000).getFullYear();
  const thisYear = at([year, month, day], rest);
  return thisYear !== undefined && thisYear > now + 86_400
    ? at([year - 1, month, day], rest)
    : thisYear;
}

function monthOf(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase());
}

/** Epoch seconds of a date in the browser's time zone. Undefined for a date that does not exist. */
function at(
  date: readonly [year: number, month: number, day: number],
  clock: (string | undefined)[],
): number | undefined {
  const seconds = secondsOf(clock);
  if (seconds === undefined) return undefined;
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  const found = new Date(...date, hours, minutes, whole % 60);
  const start = new Date(...date);
  // Day 0 is the last day of the previous month; it occurs for "yesterday".
  if (date[2] > 0 && (start.getDate() !== date[2] || start.getMonth() !== date[1]))
    return undefined;
  return found.getTime() / 1000 + (seconds - whole);
}

/** Seconds since midnight, from hours, minutes, seconds and their fraction as text. */
function secondsOf(clock: (string | undefined)[]): number | undefined {
  const [hours = '0', minutes = '0', seconds = '0', fraction = '0'] = clock;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return (
    Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${fraction || 0}`)
  );
}
