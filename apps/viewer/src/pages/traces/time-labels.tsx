import type { JSX } from 'preact';
import { midnights, timeLabels, type Axes } from '../../model/list/scatter';
import style from './chart.module.css';

/** Minimum pixels between the middle of a day's name and the next label. */
const DAY_WIDTH = 52;
/** The width in pixels of a day's name with its margins, and of a time such as 14:06. */
const DAY_NAME = 72;
const HOUR = 30;

/** The times along the time axis of a chart, and the days that begin on it. */
export function TimeLabels({ axes, width }: { axes: Axes; width: number }): JSX.Element {
  const days = midnights(axes);
  /** How far a label of this width has to move to the left to end at the end of the axis. */
  const moved = (x: number, pixels: number): number => Math.max(0, pixels / 2 - (1 - x) * width);
  const lastMoved = moved(days[days.length - 1]?.x ?? 0, DAY_NAME);
  const every = Math.ceil((DAY_NAME + lastMoved) / Math.max(1, dayStep(days) * width));
  // The name of a day replaces the times next to it.
  const hours = timeLabels(axes, Math.max(2, width / 90)).filter(({ x }) =>
    days.every((day) => Math.abs(day.x - x) * width > DAY_WIDTH + moved(day.x, DAY_NAME)),
  );
  return (
    <>
      {days.map((midnight, at) => (
        <div key={midnight.text} class={style.midnight} style={{ left: `${midnight.x * 100}%` }}>
          {/* If there is not room for all names, the last day has one. */}
          {(days.length - 1 - at) % every === 0 && (
            <span
              style={{ transform: `translateX(calc(-50% - ${moved(midnight.x, DAY_NAME)}px))` }}
            >
              {midnight.text}
            </span>
          )}
        </div>
      ))}
      {hours.map((label, at) => (
        <span
          key={label.text + at}
          class={at % 2 ? `${style.time} ${style.alternate}` : style.time}
          style={{
            left: `${label.x * 100}%`,
            transform: `translateX(calc(-50% - ${moved(label.x, HOUR)}px))`,
          }}
        >
          {label.text}
        </span>
      ))}
    </>
  );
}

/** The distance between two midnights, as a fraction of the axis. */
function dayStep([first, second]: { x: number }[]): number {
  return first && second ? second.x - first.x : 1;
}
