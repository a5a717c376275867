import type { JSX } from 'preact';
import style from './errors.module.css';

/** A message pattern. The parts that vary are dimmed, on a different background. */
export function MessageShape({ text }: { text: string }): JSX.Element {
  return (
    <bdi>
      {text.split('…').map((part, at) => (
        <>
          {at > 0 && <span class={style.varies}>…</span>}
          {part}
        </>
      ))}
    </bdi>
  );
}
