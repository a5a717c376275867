import type { TimeSlots } from 'local-xray/console-api';
import type { ComponentChildren, JSX } from 'preact';
import { IconButton } from '../../components/button';
import { count, shareFigure } from '../../model/format';
import { whenOf } from '../../model/list/when';
import style from './overview.module.css';

const MOST_ROUTES = 10;

/** Facts about the selected row. */
export function OverviewPanel({
  label,
  title,
  actions,
  onClose,
  children,
}: {
  label: string;
  title: string;
  actions?: ComponentChildren;
  onClose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <aside class={style.panel} aria-label={label} tabIndex={0}>
      <div class={style.panelHead}>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <span>
          {actions}
          <IconButton icon="close" label="Close the panel (Esc)" onClick={onClose} />
        </span>
      </div>
      {children}
    </aside>
  );
}

/** A number with its noun: "4 traces". */
export function Fact({
  amount,
  one,
  many = `${one}s`,
  before,
}: {
  amount: number;
  one: string;
  many?: string;
  before?: string;
}): JSX.Element {
  return (
    <span>
      {before} <b>{count(amount)}</b> {amount === 1 ? one : many}
    </span>
  );
}

/** The times at both ends of a series. */
export function TimeAxis({ table: { from, width, slots } }: { table: TimeSlots }): JSX.Element {
  return (
    <div class={style.axis}>
      <span>{whenOf(from)}</span>
      <span>{whenOf(from + width * slots)}</span>
    </div>
  );
}

/** Routes and jobs, with count and share of each. */
export function RouteShares({
  routes,
  of,
}: {
  routes: readonly { name: string; count: number }[];
  of: number;
}): JSX.Element {
  return (
    <table class={style.mini}>
      <thead>
        <tr>
          <th scope="col">Route or job</th>
          <th scope="col" class="num">
            Count
          </th>
          <th scope="col" class="num">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {routes.slice(0, MOST_ROUTES).map((route) => (
          <tr key={route.name}>
            <td>
              <bdi>{route.name}</bdi>
            </td>
            <td class="num">{count(route.count)}</td>
            <td class="num">{shareFigure(route.count, of)} %</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
