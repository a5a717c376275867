import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useConnection } from '../../api/live';
import { Failure, Skeleton } from '../../components/load-state';
import { Sheet } from '../../components/sheet';
import { Unreachable } from '../traces/unreachable';
import { KeyBar } from './key-bar';
import style from './overview.module.css';
import { PageControls, type Selection, type SelectionChange } from './page-controls';
import type { Answer } from './use-answer';

export const FIXED = style.fixed;

/** A page about many traces: filter and time range, the loaded data, the keys. */
export function OverviewPage<T>({
  title,
  name = title.toLowerCase(),
  selection,
  onChange,
  answer: { data, problem, error, reload },
  kept,
  frame,
  chips,
  keys,
  note,
  children,
}: {
  title: string;
  /** What the page shows, for sentences: "errors". */
  name?: string;
  selection: Selection;
  onChange: (change: SelectionChange) => void;
  answer: Answer<T>;
  /** How many rows the page still shows if local X-Ray does not answer. */
  kept: (data: T) => number;
  /** A class for the page. With `FIXED` the page is as high as the window, and its parts scroll. */
  frame?: string | undefined;
  /** Content below the filter, shown in any case. */
  chips?: ((data: T) => ComponentChildren) | ComponentChildren;
  keys: readonly (readonly [keys: string, does: string])[];
  note?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}): JSX.Element {
  const lost = useConnection().state === 'lost';
  useEffect(() => {
    document.title = `${title} · Local X-Ray`;
  }, [title]);
  return (
    <div class={frame}>
      <h1 class="vh">{title}</h1>
      {lost && <Unreachable kept={data ? kept(data) : 0} />}
      <PageControls
        selection={selection}
        problem={problem}
        onChange={(change) => {
          onChange(change);
          if (change.filter === selection.filter) reload();
        }}
      />
      {typeof chips === 'function' ? data && chips(data) : chips}
      {data ? (
        children(data)
      ) : error ? (
        <Failure what={`The ${name} cannot be shown`} error={error} />
      ) : (
        !lost && !problem && <Skeleton label={`Loading ${name}…`} />
      )}
      <KeyBar keys={keys}>{note}</KeyBar>
    </div>
  );
}

/** A list with a panel on its right that can be closed. On a narrow page the panel is a sheet. */
export function Split({
  label,
  list,
  panel,
  title,
  picks,
}: {
  /** What the list contains. */
  label: string;
  list: ComponentChildren;
  panel: ComponentChildren;
  /** The subject of the panel, for the bar of the sheet. */
  title: ComponentChildren;
  /** How often a row was picked. */
  picks: number;
}): JSX.Element {
  return (
    <div class={panel ? style.split : `${style.split} ${style.alone}`}>
      <section class={style.main} aria-label={label} tabIndex={0}>
        {list}
      </section>
      {panel && (
        <Sheet title={title} picks={picks}>
          {panel}
        </Sheet>
      )}
    </div>
  );
}

/** One of the buttons that select which rows are shown. */
export interface ShowChoice {
  value: string;
  label: ComponentChildren;
  amount: string;
}

/** Buttons that select the rows to show, each with its count, and the total. */
export function ShowChips({
  choices,
  shown,
  onShow,
  children,
}: {
  choices: readonly ShowChoice[];
  shown: string;
  onShow: (value: string | undefined) => void;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={style.chipRow}>
      <div class={style.chips} role="group" aria-label="Show">
        {choices.map(({ value, label, amount }) => (
          <button
            key={value}
            type="button"
            class="btn"
            aria-pressed={shown === value}
            onClick={() => onShow(shown === value ? undefined : value)}
          >
            {label} <span class={style.chipCount}>{amount}</span>
          </button>
        ))}
      </div>
      <span class={`${style.chipLabel} ${style.push}`}>{children}</span>
    </div>
  );
}
