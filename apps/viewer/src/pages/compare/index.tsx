import type { JSX } from 'preact';
import type { PageProps } from '../../page';
import { DiffersPage } from '../differs/differs.page';
import { ComparePage } from './compare.page';

/** Two traces side by side, or, with a selection in the address, the differences between many traces. */
export function Page({ route }: PageProps): JSX.Element {
  const { query } = route;
  const many = ['with', 'since', 'until', 'against', 'sides'].some((name) => query.has(name));
  return many ? <DiffersPage /> : <ComparePage route={route} />;
}
