import type { ComponentChildren, JSX } from 'preact';
import type { Sort } from '../model/list/row-sort';
import { Icon } from './icon';

/** A column heading that sorts the rows when clicked: largest first, then smallest first. */
export function SortHead({
  name,
  sort,
  onSort,
  class: more,
  children,
}: {
  name: string;
  sort: Sort;
  /** Called with `-name` for largest first, or `name` for smallest first. */
  onSort: (sort: string) => void;
  class?: string | undefined;
  children: ComponentChildren;
}): JSX.Element {
  const mine = sort.by === name;
  return (
    <th
      scope="col"
      class={more}
      aria-sort={mine ? (sort.down ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" onClick={() => onSort(mine && sort.down ? name : `-${name}`)}>
        {children}
        {mine && <Icon name="down" />}
      </button>
    </th>
  );
}
