import type { JSX } from 'preact';
import style from './errors.module.css';

/** A message's shape: what varies from one to the next is dim, on a ground of its own. */
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
