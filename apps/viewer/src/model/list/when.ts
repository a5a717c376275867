import { clock } from '../format';

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const WHOLE = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** The day of epoch seconds: `21 Nov`, in another year `21 Nov 2025`. Empty for today. */
export function dayOf(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return '';
  return (date.getFullYear() === today.getFullYear() ? DAY : YEAR).format(date);
}

/** Formats date and time in full: `Sat 21 Nov 2026, 19:20:04`. */
export function wholeTime(epochSeconds: number): string {
  const day = WHOLE.format(new Date(epochSeconds * 1000)).replace(/,/g, '');
  return `${day}, ${clock(epochSeconds, { millis: false })}`;
}

/** Formats the time of day, with the date if that is not today: `14:06`, `21 Nov 19:20`. */
export function whenOf(epochSeconds: number, { seconds = false } = {}): string {
  const time = clock(epochSeconds, { millis: false });
  const short = seconds ? time : time.slice(0, 5);
  const day = dayOf(epochSeconds);
  return day ? `${day} ${short}` : short;
}
