import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import style from './tabs.module.css';

export interface Tab {
  id: string;
  label: string;
  /** Shown beside the label. */
  count?: number;
  body: () => ComponentChildren;
}

/** Tabs following the ARIA pattern: one tab stop, and arrow keys change the tab. */
export function Tabs({
  label,
  tabs,
  selected,
  onSelect,
}: {
  label: string;
  tabs: Tab[];
  selected: string;
  onSelect: (id: string) => void;
}): JSX.Element {
  const base = useId();
  const current = tabs.find((tab) => tab.id === selected) ?? tabs[0];
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !current) return;
    event.preventDefault();
    event.stopPropagation();
    const next = tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length];
    if (!next) return;
    onSelect(next.id);
    const list = event.currentTarget as HTMLElement;
    list.querySelector<HTMLElement>(`#${CSS.escape(`${base}-${next.id}`)}`)?.focus();
  };
  return (
    <>
      <div class={style.tabs} role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${base}-${tab.id}`}
            aria-controls={`${base}-panel`}
            aria-selected={tab === current}
            tabIndex={tab === current ? 0 : -1}
            onClick={() => onSelect(tab.id)}
          >
            {tab.label}
            {tab.count !== undefined && <span class={style.amount}> {tab.count}</span>}
          </button>
        ))}
      </div>
      <div
        class={style.panel}
        role="tabpanel"
        id={`${base}-panel`}
        aria-labelledby={current && `${base}-${current.id}`}
        tabIndex={0}
        key={current?.id}
      >
        {current?.body()}
      </div>
    </>
  );
}
