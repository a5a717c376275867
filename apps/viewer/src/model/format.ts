import { ms, three } from '@nestjs-xray/trace';

export { ms, three } from '@nestjs-xray/trace';

/** "–", shown for absent values. */
export const ABSENT = '–';

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const ONE = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Formats a count: 1,284. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** Formats a duration in seconds: 38.4 ms, 1,284 ms; from ten seconds on 12.4 s, 3 min 20 s. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return ABSENT;
  const size = Math.abs(seconds);
  if (size < 9.9995) return `${ms(seconds)} ms`;
  if (size < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(size);
  const sign = seconds < 0 ? '−' : '';
  if (whole < 3600) return sign + parts(whole / 60, 'min', whole % 60, 's');
  if (whole < 86_400) return sign + parts(whole / 3600, 'h', (whole % 3600) / 60, 'min');
  return sign + parts(whole / 86_400, 'd', (whole % 86_400) / 3600, 'h');
}

function parts(big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor(small);
  return `${Math.floor(big)} ${bigUnit}${rest ? ` ${rest} ${smallUnit}` : ''}`;
}

/** Formats an offset in seconds from the start of the trace: +1,098.2 ms. */
export function offset(seconds: number): string {
  const value = seconds * 1000;
  return `${value < 0 ? '−' : '+'}${ONE.format(Math.abs(value))} ms`;
}

/** Formats a share as a percentage: 0.9 %, 43 %. */
export function share(part: number, whole: number): string {
  if (!(whole > 0)) return ABSENT;
  const percent = (part / whole) * 100;
  if (percent >= 99.95) return '100 %';
  return `${percent.toFixed(percent >= 10 && percent < 90 ? 0 : 1)} %`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Formats epoch seconds as local time of day: 14:06:11.377, or without milliseconds. */
export function clock(epochSeconds: number, { millis = true } = {}): string {
  const at = new Date(Math.round(epochSeconds * 1000));
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return millis ? `${time}.${String(at.getMilliseconds()).padStart(3, '0')}` : time;
}

/** Formats epoch seconds as local date and time: 2026-11-22 14:06:11.377. */
export function dateTime(epochSeconds: number, options?: { millis?: boolean }): string {
  const at = new Date(epochSeconds * 1000);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${clock(epochSeconds, options)}`;
}

/** Formats a count with its noun: 1 trace, 2 traces. */
export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

/** Formats a growing period in whole seconds: 38 s, 2 min 5 s. */
export function ago(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 60 ? `${whole} s` : duration(whole);
}

/** Formats a share in per cent without the sign, for columns: 34.6; "< 0.1" if nearly none; 0 if none. */
export function shareFigure(part: number, whole: number): string {
  if (!(part > 0) || !(whole > 0)) return '0';
  const percent = Math.min((part / whole) * 100, 100);
  return percent < 0.05 ? '< 0.1' : percent.toFixed(1);
}

/** Formats a rate for columns: three digits, or "< 0.1". */
export function rate(value: number): string {
  return value > 0 && value < 0.1 ? '< 0.1' : three(value);
}
