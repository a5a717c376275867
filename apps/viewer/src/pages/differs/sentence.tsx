import type { Differences } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { count, plural, shareFigure } from '../../model/format';
import type { DifferenceRow } from './difference-row';
import style from './differs.module.css';

/** Describes how many traces are compared and what differs most. */
export function Sentence({
  data,
  rows,
  hrefOf,
}: {
  data: Differences;
  rows: readonly DifferenceRow[];
  /** The address of the list of traces with this value. */
  hrefOf: (row: DifferenceRow) => string;
}): JSX.Element {
  const { a, b } = data;
  const [first] = rows;
  return (
    <div class={style.sentence}>
      <span>
        <b>{plural(a.count, 'trace')}</b> against <b>{count(b.count)}</b>.{' '}
        {first ? (
          <>
            Most of all <b>{first.attribute.replace(/^annotation\./, '')}</b>{' '}
            <b>
              <bdi>{first.value}</bdi>
            </b>
            : {shareFigure(first.a, a.looked)} % of the selection, {shareFigure(first.b, b.looked)}{' '}
            % of the others.
          </>
        ) : a.count === 0 ? (
          'The selection contains no trace. Choose a longer time range.'
        ) : (
          'No attribute differs by more than five percentage points.'
        )}
      </span>
      {first && (
        <a class="btn pri" href={hrefOf(first)}>
          {first.here && a.looked === a.count
            ? `Show these ${plural(first.a, 'trace')}`
            : 'Show these traces'}
        </a>
      )}
    </div>
  );
}
