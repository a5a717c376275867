import { z } from 'zod';
import type { TableTexts } from '../texts/table-texts';
import type { TraceTexts } from '../texts/trace-texts';

/** The sources of the answers. */
export interface Texts {
  traces: TraceTexts;
  tables: TableTexts;
}

/** A tool for language models. Its answer is text of at most 20 kB. */
export interface McpTool {
  name: string;
  title: string;
  description: string;
  input: z.ZodRawShape;
  answer: (
    texts: Texts,
    input: Record<string, string | undefined>,
    signal: AbortSignal,
  ) => Promise<string>;
}

const FILTER =
  'An X-Ray filter expression, for example: service("shop") { fault }, responsetime > 0.5, http.url CONTAINS "/cart", annotation.http_route = "/api/activities/home", hint = "n-plus-one"';
const filter = z.string().optional().describe(FILTER);
const since = z
  .string()
  .optional()
  .describe('Start of the period: a time ago (15m, 2h, 7d), a date, or epoch seconds; default 1h');
const id = z.string().describe('A trace id of X-Ray or W3C, a trace header, or "last"');

export const TOOLS: readonly McpTool[] = [
  {
    name: 'list_routes',
    title: 'List routes',
    description:
      'Routes and jobs, sorted by total time: number of requests, percentiles, faults and errors, and the hints found in their traces.',
    input: { filter, since },
    answer: ({ tables }, given, signal) => tables.routes(given, signal),
  },
  {
    name: 'find_traces',
    title: 'Find traces',
    description:
      'The newest traces that match a filter, each with its problems (N+1 queries, calls in a loop, awaits in a row, exceptions) and their source lines. Start here.',
    input: { filter, since },
    answer: ({ traces }, { filter, since }, signal) => traces.find({ filter, since }, signal),
  },
  {
    name: 'get_trace',
    title: 'Read a trace',
    description:
      'One trace: hints, exceptions, the tree of segments and subsegments, critical path, queries, source lines, logs. With "node", everything recorded about one segment or subsegment: metadata, statement, stack.',
    input: {
      id,
      node: z.string().optional().describe('Id of a segment or subsegment, after # in the text'),
    },
    answer: ({ traces }, { id = '', node }, signal) => traces.trace(id, node, signal),
  },
  {
    name: 'compare_traces',
    title: 'Compare two traces',
    description:
      'The differences between two traces: what only one of them did, what took longer or ran more often, and what explains most of the difference.',
    input: { a: id, b: id },
    answer: ({ traces }, { a = '', b = '' }, signal) => traces.compare(a, b, signal),
  },
  {
    name: 'what_differs',
    title: 'What differs',
    description:
      'What traces that match one filter have more often than traces that match another: routes, users, annotations, hints. For example, compare slow traces (responsetime > 0.5) with all others.',
    input: {
      filter_a: z.string().describe(FILTER),
      filter_b: z
        .string()
        .optional()
        .describe('The filter to compare with; without it, all other traces'),
      since,
    },
    answer: ({ tables }, { filter_a = '', filter_b, since }, signal) =>
      tables.differences(filter_a, filter_b, since, signal),
  },
  {
    name: 'list_errors',
    title: 'List errors',
    description:
      'Exceptions grouped by type, message and source line, with how often and when they last occurred.',
    input: { filter, since },
    answer: ({ tables }, given, signal) => tables.errors(given, signal),
  },
  {
    name: 'list_queries',
    title: 'List queries',
    description:
      'SQL statements and AWS operations, sorted by total time, with the methods that ran them.',
    input: { filter, since },
    answer: ({ tables }, given, signal) => tables.queries(given, signal),
  },
];
