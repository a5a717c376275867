import type { JSX } from 'preact';
import style from './spark.module.css';

const WIDTH = 100;
const HEIGHT = 20;
/** The width of a value without neighbours. */
const ALONE = 2;

/**
 * A percentile over time as a line, from 0 to its own maximum. The line is heavy if the last part
 * differs from the rest by a factor of 1.5. Red ticks below the base line mark faults.
 */
export function SparkLine({
  values,
  faults = [],
  words,
  tall = false,
}: {
  values: readonly (number | null)[];
  faults?: readonly number[];
  /** Text alternative for screen readers. */
  words: string;
  tall?: boolean;
}): JSX.Element {
  const known = values.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
  const top = Math.max(...known.map(({ value }) => value), 1e-9) * 1.05;
  const last = Math.max(values.length - 1, 1);
  const x = (at: number): number => (at / last) * WIDTH;
  const first =
    known.length === 1 ? Math.min(x(known[0]!.at), WIDTH - ALONE) : x(known[0]?.at ?? 0);
  const end = known.length === 1 ? first + ALONE : x(known[known.length - 1]?.at ?? 0);
  const points = known.map(
    ({ value, at }) =>
      `${(known.length === 1 ? first : x(at)).toFixed(1)} ${(HEIGHT - 1 - (value / top) * (HEIGHT - 3)).toFixed(1)}`,
  );
  const line = points.length === 1 ? `${points[0]!}h${ALONE}` : points.join('L');
  return (
    <svg
      class={`${style.spark} ${tall ? style.tall : ''} ${hasChanged(known.map(({ value }) => value)) ? style.changed : ''}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words}
    >
      {points.length > 0 && (
        <>
          <path class={style.area} d={`M${first} ${HEIGHT}L${line}L${end} ${HEIGHT}z`} />
          <path class={style.line} d={`M${line}`} />
        </>
      )}
      <path class={style.base} d={`M0 ${HEIGHT}H${WIDTH}`} />
      {faults.map(
        (count, at) =>
          count > 0 && (
            <rect
              key={at}
              class={style.faultTick}
              x={((at / last) * WIDTH - 0.8).toFixed(1)}
              y={HEIGHT - 1}
              width="1.6"
              height="4"
            />
          ),
      )}
    </svg>
  );
}

/** Counts over time as bars, from 0 to their own maximum. */
export function SparkBars({
  values,
  fault = false,
  words,
  tall = false,
}: {
  values: readonly number[];
  fault?: boolean;
  words: string;
  tall?: boolean;
}): JSX.Element {
  const top = Math.max(...values, 1);
  const width = WIDTH / Math.max(values.length, 1);
  return (
    <svg
      class={`${style.spark} ${tall ? style.tall : ''}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words}
    >
      {values.map((value, at) => {
        const height = value > 0 ? Math.max(1.5, (value / top) * 18) : 0;
        return (
          value > 0 && (
            <rect
              key={at}
              class={fault ? style.faultBar : style.bar}
              x={(at * width + width * 0.12).toFixed(2)}
              y={(HEIGHT - height).toFixed(1)}
              width={(width * 0.76).toFixed(2)}
              height={height.toFixed(1)}
            />
          )
        );
      })}
      <path class={style.base} d={`M0 ${HEIGHT}H${WIDTH}`} />
    </svg>
  );
}

/** Whether the last fifth differs from what was before. */
function hasChanged(values: readonly number[]): boolean {
  const part = Math.max(2, Math.floor(values.length / 5));
  if (values.length < 2 * part + 2) return false;
  const before = median(values.slice(0, -part));
  const after = median(values.slice(-part));
  return after > before * 1.5 || after * 1.5 < before;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
