import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useTrace } from '../../api/use-trace';
import { Empty, NoTrace, Skeleton } from '../../components/load-state';
import { SearchField } from '../../components/search-field';
import { TraceHead, traceTitle } from '../../components/trace-head';
import { useTitle } from '../../components/use-title';
import { useQuery } from '../../components/use-query';
import { plural } from '../../model/format';
import { sortStatistics, statisticsOf, type StatisticsColumn } from '../../model/trace/statistics';
import type { PageProps } from '../../page';
import { StatisticsTable } from './table';
import searchBar from '../shared/search-bar.module.css';

const COLUMNS = ['label', 'count', 'total', 'self', 'p50', 'p95', 'max', 'failed'];

/** The operations of a trace: how often they ran, how long they took, how many failed. */
export function StatisticsPage({ route }: PageProps): JSX.Element {
  const { trace, tree, error } = useTrace(route.id);
  useTitle(tree ? `Statistics of ${traceTitle(tree)}` : 'Statistics');
  const [query, setQuery] = useQuery(['sort', 'q']);

  const all = useMemo(() => (tree ? statisticsOf(tree) : []), [tree]);
  // "-self" is descending, "self" ascending.
  const descending = query.sort === '' || query.sort.startsWith('-');
  const asked = query.sort.replace(/^-/, '');
  const column = (COLUMNS.includes(asked) ? asked : 'self') as StatisticsColumn;
  const words = query.q.trim().toLowerCase();
  const rows = useMemo(
    () =>
      sortStatistics(
        words ? all.filter((row) => row.label.toLowerCase().includes(words)) : all,
        column,
        descending,
      ),
    [all, words, column, descending],
  );

  if (!trace || !tree) {
    return error ? <NoTrace error={error} /> : <Skeleton label="Loading the trace…" />;
  }
  const sort = (next: StatisticsColumn): void => {
    const down = next === column ? !descending : next !== 'label';
    setQuery({ sort: `${down ? '-' : ''}${next}` });
  };
  return (
    <>
      <TraceHead trace={trace} tree={tree} current="statistics" />
      <div class={searchBar.bar}>
        <SearchField value={query.q} onValue={(q) => setQuery({ q })} />
        <span class="t2" role="status">
          {words ? `${rows.length} of ` : ''}
          {plural(all.length, 'name')}, {plural(tree.nodes.length, 'call')}
        </span>
      </div>
      {rows.length > 0 ? (
        <StatisticsTable
          rows={rows}
          tree={tree}
          column={column}
          descending={descending}
          onSort={sort}
        />
      ) : (
        <Empty title={words ? 'No name contains this' : 'Nothing ran in this trace'} />
      )}
    </>
  );
}
