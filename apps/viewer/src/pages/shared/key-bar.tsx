import type { ComponentChildren, JSX } from 'preact';
import style from './overview.module.css';

/** The most important keys of the page, at the bottom. `?` shows all. */
export function KeyBar({
  keys,
  children,
}: {
  /** Keys, with a space between them, and what they do. */
  keys: readonly (readonly [keys: string, does: string])[];
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class={style.keyBar}>
      {[...keys, ['?', 'all keys'] as const].map(([each, does]) => (
        <span key={does}>
          {each.split(' ').map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}
          {does}
        </span>
      ))}
      <span class={`${style.push} t3`}>{children ?? `times in ${zoneName()}`}</span>
    </div>
  );
}

/** `Europe/London (GMT)` */
export function zoneName(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const short = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })
    .formatToParts()
    .find(({ type }) => type === 'timeZoneName')?.value;
  return short && short !== timeZone ? `${timeZone} (${short})` : timeZone;
}
