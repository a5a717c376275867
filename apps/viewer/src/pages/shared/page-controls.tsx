import type { FilterProblem } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon } from '../../components/icon';
import { useKeys } from '../../components/keys';
import { boundsOf, parseRange } from '../../model/list/time-range';
import { FilterBar } from '../traces/filter-bar';
import { TimeRangeMenu } from './time-range';
import style from './page-controls.module.css';

/** Filter and time range, which all pages about many traces share, and which the address keeps between pages. */
export interface Selection {
  filter: string;
  group: string;
  range: string;
  live: string;
}

export type SelectionChange = Partial<Record<keyof Selection, string | undefined>>;

/** The parts of the query that every page reads. */
export const SELECTION = ['filter', 'group', 'range', 'live'] as const;

/** The parts of it whose changes Back undoes. */
export const UNDOABLE = ['filter', 'group', 'range'] as const;

/** The parameters of a request to local X-Ray. */
export function askedOf({ filter, group, range }: Selection): {
  start?: number;
  end?: number;
  filter: string;
  group: string;
} {
  return { ...boundsOf(parseRange(range), Date.now() / 1000), filter, group };
}

export function isLive({ range, live }: Selection): boolean {
  return live !== 'off' && !('to' in parseRange(range));
}

export function PageControls({
  selection,
  problem,
  onChange,
}: {
  selection: Selection;
  problem: FilterProblem | undefined;
  onChange: (change: SelectionChange) => void;
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const { filter, group, range } = selection;
  const fixed = 'to' in parseRange(range);
  const live = isLive(selection);
  const toggle = (): void => {
    if (fixed) onChange({ range: undefined, live: undefined });
    else onChange({ live: live ? 'off' : undefined });
  };
  useKeys({
    '/': () => field.current?.focus(),
    l: toggle,
  });
  return (
    <div class={style.controls}>
      <FilterBar
        filter={filter}
        problem={problem}
        onRun={(next) => onChange({ filter: next })}
        field={field}
        bounds={() => ({ ...askedOf(selection), ...(group && { group }) })}
      />
      <TimeRangeMenu range={range} onRange={(next) => onChange({ range: next })} />
      <button
        type="button"
        class={live ? `btn ${style.on}` : 'btn'}
        aria-label={
          fixed
            ? 'Paused, fixed range. Go live (l)'
            : live
              ? 'Live. Pause (l)'
              : 'Paused. Resume (l)'
        }
        title={live ? 'Pause (l)' : 'Resume (l)'}
        onClick={toggle}
      >
        {live ? (
          <>
            <i class={style.dot} /> Live
          </>
        ) : (
          'Paused'
        )}
        <Icon name={live ? 'pause' : 'play'} />
      </button>
    </div>
  );
}
