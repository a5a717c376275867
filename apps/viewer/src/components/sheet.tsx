import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { Icon } from './icon';
import style from './sheet.module.css';

/**
 * A panel beside the list or drawing of a page. On a narrow page it is a sheet at the bottom: its bar
 * names the selection, and opens and closes the sheet.
 */
export function Sheet({
  title,
  picks = 0,
  children,
}: {
  title: ComponentChildren;
  /** How often something was selected. Each selection opens the sheet. */
  picks?: number;
  children: ComponentChildren;
}): JSX.Element {
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    if (picks > 0) setOpen(true);
  }, [picks]);
  return (
    <div class={open ? `${style.sheet} ${style.open}` : style.sheet}>
      <button type="button" class={style.bar} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class={style.title}>{title}</span>
        <Icon name={open ? 'down' : 'up'} />
      </button>
      <div class={style.body}>{children}</div>
    </div>
  );
}
