import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon';
import style from './menu.module.css';

export interface Choice {
  value: string;
  label: string;
}

/** A button that opens a short list of choices. */
export function Menu({
  label,
  shown,
  choices,
  selected,
  onSelect,
  class: more = '',
  align = 'left',
  children,
}: {
  /** What the menu sets, for its accessible name: "Time range". */
  label: string;
  shown: ComponentChildren;
  choices: Choice[];
  selected: string;
  onSelect: (value: string) => void;
  class?: string;
  align?: 'left' | 'right';
  /** Content below the choices, such as a form. */
  children?: (close: () => void) => ComponentChildren;
}): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  // In a layout effect, so that a key pressed immediately afterwards goes to the choice.
  useLayoutEffect(() => {
    if (!open) return undefined;
    const options = root.current?.querySelectorAll<HTMLElement>('[role=option]');
    const chosen = root.current?.querySelector<HTMLElement>('[aria-selected=true]');
    (chosen ?? options?.[0])?.focus();
    const outside = (event: Event): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const left = ({ relatedTarget }: FocusEvent): void => {
    if (relatedTarget && !root.current?.contains(relatedTarget as Node)) setOpen(false);
  };
  const keys = (event: KeyboardEvent): void => {
    if (!open) return;
    event.stopPropagation();
    if (event.key === 'Escape') close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    // A form below the choices uses the arrow keys itself.
    if (!step || (event.target as Element).closest('form')) return;
    event.preventDefault();
    const options = [...(root.current?.querySelectorAll<HTMLElement>('[role=option]') ?? [])];
    const at = options.indexOf(document.activeElement as HTMLElement);
    options[(at + step + options.length) % options.length]?.focus();
  };
  return (
    <div class={`${style.menu} ${more}`} ref={root} onKeyDown={keys} onFocusOut={left}>
      <button
        type="button"
        class="btn"
        ref={button}
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <span class="vh">{label}: </span>
        {shown} <Icon name="down" />
      </button>
      {open && (
        <div class={`${style.list} ${style[align]}`}>
          <div role="listbox" aria-label={label} id={id}>
            {choices.map((choice) => (
              <button
                key={choice.value}
                type="button"
                role="option"
                tabIndex={-1}
                class={style.option}
                aria-selected={choice.value === selected}
                onClick={() => {
                  onSelect(choice.value);
                  close();
                }}
              >
                {choice.label}
              </button>
            ))}
          </div>
          {children?.(close)}
        </div>
      )}
    </div>
  );
}
