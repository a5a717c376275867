import type { JSX } from 'preact';
import { shareFigure } from '../../model/format';
import shared from '../shared/overview.module.css';
import style from './differs.module.css';

/** The share in the selection above the share in the others: solid and outlined, so that colour is not needed. */
export function Pair({ here, rest }: { here: number; rest: number }): JSX.Element {
  return (
    <div class={style.pair}>
      <i class={style.a} style={{ width: `${here * 100}%` }} />
      <b class={`num ${shared.strong}`}>{shareFigure(here, 1)}</b>
      <i class={style.b} style={{ width: `${rest * 100}%` }} />
      <span class="num t2">{shareFigure(rest, 1)}</span>
    </div>
  );
}
