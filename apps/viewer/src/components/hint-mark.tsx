import type { JSX } from 'preact';
import { hintName } from '../model/hint-name';
import style from './hint-mark.module.css';

/** Line icons on a 16 px grid, in text colour rather than a status colour. */
const PICTURES: Record<string, string> = {
  'n-plus-one': 'M3 4.5h10M3 8h10M3 11.5h10',
  'repeated-call': 'M3 4.5h10M3 8h10M3 11.5h10',
  'serial-awaits': 'M2.5 4.5h4M6.5 8h4M10.5 11.5h3.5',
  'dominant-child': 'M2.5 4.5h2M2.5 8h11M2.5 11.5h2',
  unaccounted: 'M2.5 8h3M10.5 8h3M5.5 5v6M10.5 5v6',
  throttled: 'M12.5 8a4.5 4.5 0 1 1-1.4-3.2M12.5 2.5v2.8H9.7',
  swallowed: 'M8 2l6 6-6 6-6-6z',
};

/** A hint in a table or a heading: icon, name, evidence. */
export function HintMark({ kind, why }: { kind: string; why?: string }): JSX.Element {
  return (
    <span class={style.mark} title={why === undefined ? undefined : `${hintName(kind)}: ${why}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={PICTURES[kind] ?? PICTURES['n-plus-one']} />
      </svg>
      <span class={style.name}>{hintName(kind)}</span>
      {why !== undefined && <span class={style.why}>{why}</span>}
    </span>
  );
}
