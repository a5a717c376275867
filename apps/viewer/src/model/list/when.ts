import { clock } from '../format';

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The day of epoch seconds, unless it is today: `21 Nov`. */
export function dayOf(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  return date.toDateString() === new Date().toDateString() ? '' : DAY.format(date);
}

/** Time of day of epoch seconds, with the date where that is not today: `14:06`, `21 Nov 19:20`. */
export function whenOf(epochSeconds: number, { seconds = false } = {}): string {
  const time = clock(epochSeconds, { millis: false });
  const short = seconds ? time : time.slice(0, 5);
  const day = dayOf(epochSeconds);
  return day ? `${day} ${short}` : short;
}
