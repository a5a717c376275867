import type { Differences } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { and } from '../../model/filter/filter-text';
import { count, shareFigure } from '../../model/format';
import { contextHref } from '../../router';
import { askedOf, type Selection } from './page-controls';
import style from './shared-attributes.module.css';

const MOST = 5;

/** What these traces have more often than the rest: a solid bar for them, an outlined bar for the rest. */
export function SharedAttributes({
  selection,
  filter,
  count: traces,
}: {
  selection: Selection;
  filter: string;
  count: number;
}): JSX.Element | null {
  const [found, setFound] = useState<Differences>();
  useEffect(() => {
    const abort = new AbortController();
    setFound(undefined);
    api
      .differences({ ...askedOf(selection), a: filter }, abort.signal)
      .then(setFound, () => undefined);
    return () => abort.abort();
  }, [filter, selection.range, selection.filter]);
  if (!found) return null;
  const { a, b } = found;
  const rows = found.attributes
    .filter(({ name }) => name !== 'exception')
    .flatMap(({ name, values }) =>
      values
        .filter((value) => value.a / a.looked > value.b / Math.max(1, b.looked))
        .slice(0, 1)
        .map((value) => ({ name, ...value })),
    )
    .slice(0, MOST);
  if (rows.length === 0) return null;
  return (
    <>
      <h3>
        What its traces share <span>these {count(traces)}, the rest</span>
      </h3>
      {rows.map((row) => {
        const here = row.a / Math.max(1, a.looked);
        const rest = row.b / Math.max(1, b.looked);
        return (
          <div class={style.pair} key={row.name + row.value}>
            <a
              href={contextHref('/traces', { filter: and(selection.filter, row.filter) })}
              title={`${row.name} ${row.value}`}
            >
              <bdi>
                {row.name.replace(/^annotation\./, '')} {row.value}
              </bdi>
            </a>
            <span class={style.bars} aria-hidden="true">
              <i class={style.here} style={{ width: `${here * 100}%` }} />
              <i class={style.rest} style={{ width: `${rest * 100}%` }} />
            </span>
            <span class="num">
              {shareFigure(here, 1)}, {shareFigure(rest, 1)} %
            </span>
          </div>
        );
      })}
    </>
  );
}
