import { partsOf } from '../query';
import { completions } from './completions';
import { readDocuments, readTrace } from './documents';
import { readFilterCompletion } from './filter-completion';
import { readFind } from './find';
import { readDifferences } from './differences';
import { readErrorExample, readErrors } from './errors';
import { readLinks } from './links';
import { readOverview } from './overview';
import { readQueries } from './queries';
import { readRoutes } from './routes';
import type { ReadContext } from './read-context';
import { readSamplingReports, readSettings } from './settings';
import { readGraph, readSeries, readTraceGraph } from './statistics';
import { readCounts, readList, readPage, readRows, readSummaries } from './trace-lists';
import type { ReadName, TraceReads } from './trace-reads';

type Query<Name extends ReadName> = Parameters<TraceReads[Name]>[0];
type Answer<Name extends ReadName> = Awaited<ReturnType<TraceReads[Name]>>;

/** Computes one read. A long computation must check the signal and yield to other work. */
export type Read<Name extends ReadName> = (
  context: ReadContext,
  query: Query<Name>,
  signal: AbortSignal,
) => Answer<Name> | Promise<Answer<Name>>;

/** All reads, with the functions that compute them in a reader's thread. */
export const READS: { readonly [Name in ReadName]: Read<Name> } = {
  list: readList,
  page: readPage,
  counts: readCounts,
  rows: readRows,
  summaries: readSummaries,
  find: readFind,
  trace: readTrace,
  links: readLinks,
  documents: readDocuments,
  graph: readGraph,
  traceGraph: readTraceGraph,
  series: readSeries,
  overview: readOverview,
  routes: readRoutes,
  errors: readErrors,
  errorExample: readErrorExample,
  queries: readQueries,
  differences: readDifferences,
  completions: ({ database }, query) => completions(database, query),
  filterCompletion: readFilterCompletion,
  filterParts: (_, expression) => ({ parts: partsOf(expression) }),
  checkFilter: (context, { filter, ofGroup }) => {
    context.check(filter, ofGroup);
    return null;
  },
  settings: readSettings,
  samplingReports: readSamplingReports,
};
