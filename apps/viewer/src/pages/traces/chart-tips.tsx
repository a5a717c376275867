import type { ComponentChildren, JSX } from 'preact';
import { Icon } from '../../components/icon';
import { Glyph } from '../../components/status';
import { count, duration, plural } from '../../model/format';
import type { HeatCell } from '../../model/list/heat';
import type { Point } from '../../model/list/scatter';
import { timeOf, whatOf } from '../../model/list/trace-list';
import { whenOf } from '../../model/list/when';
import style from './chart.module.css';

/** Beyond this share of the width, a tip is shown on the left. */
const LATE = 0.6;

function Tip({
  x,
  width = 0,
  children,
}: {
  /** Position and width, as shares of the plot. */
  x: number;
  width?: number;
  children: ComponentChildren;
}): JSX.Element {
  const late = x > LATE;
  return (
    <div
      class={style.tip}
      style={late ? { right: `${(1 - x) * 100}%` } : { left: `${(x + width) * 100}%` }}
      data-tip
      aria-hidden="true"
    >
      {children}
    </div>
  );
}

export function PointTip({ point: { row, status, x } }: { point: Point }): JSX.Element {
  return (
    <Tip x={x}>
      <Icon name="right" class={`s-${status}`} />
      <span>
        {whenOf(row.start, { seconds: true })} · {status} {row.status} · {duration(timeOf(row))}
      </span>
      <span class={`cut ${style.tipRoute}`}>
        {row.method} {whatOf(row)}
      </span>
    </Tip>
  );
}

export function CellTip({ cell }: { cell: HeatCell }): JSX.Element {
  return (
    <Tip x={cell.x} width={cell.width}>
      <span class={style.cellWords}>
        {whenOf(cell.from, { seconds: true })} – {whenOf(cell.to, { seconds: true })}
        <br />
        {duration(cell.fastest)} – {duration(cell.slowest)}
        <br />
        <b>{plural(cell.count, 'trace')}</b>
        {cell.fault > 0 && `, ${plural(cell.fault, 'fault')}`}
      </span>
    </Tip>
  );
}

/** The legend of the shades. */
export function HeatKey({ steps }: { steps: readonly number[] }): JSX.Element {
  return (
    <span class={style.key}>
      <span>{steps[0]}</span>
      {steps.map((least, at) => (
        <i key={least} class={style[`step${at + 1}`]} />
      ))}
      <span>{count(steps.at(-1) ?? 1)}+ traces</span>
      <span class="s-fault">
        <Glyph name="fault" />
      </span>
      <span>has faults</span>
    </span>
  );
}
