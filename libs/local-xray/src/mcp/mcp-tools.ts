import { z } from 'zod';
import type { TraceTexts } from '../texts/trace-texts';

/** A question that a language model may ask; the answer is text of at most 20 kB. */
export interface McpTool {
  name: string;
  title: string;
  description: string;
  input: z.ZodRawShape;
  answer: (
    texts: TraceTexts,
    input: Record<string, string | undefined>,
    signal: AbortSignal,
  ) => Promise<string>;
}

const FILTER =
  'An X-Ray filter expression, for instance: service("shop") { fault }, responsetime > 0.5, http.url CONTAINS "/cart", annotation.http_route = "/api/activities/home", hint = "n-plus-one"';
const filter = z.string().optional().describe(FILTER);
const since = z
  .string()
  .optional()
  .describe('How long ago (15m, 2h, 7d), a date, or epoch seconds; default 1h');
const id = z.string().describe('A trace id of X-Ray or W3C, a trace header, or "last"');

export const TOOLS: readonly McpTool[] = [
  {
    name: 'find_traces',
    title: 'Find traces',
    description:
      'The newest traces of requests that match a filter, each with what it suffers from: N+1 queries, calls in a loop, awaits in a row, exceptions, with the line of source. Start here.',
    input: { filter, since },
    answer: (texts, { filter, since }, signal) => texts.find({ filter, since }, signal),
  },
  {
    name: 'get_trace',
    title: 'Read a trace',
    description:
      'One trace: hints, exceptions, the tree of segments and subsegments, critical path, queries, lines of source, logs. With "node", all that was recorded of one segment or subsegment: metadata, statement, stack.',
    input: {
      id,
      node: z.string().optional().describe('Id of a segment or subsegment, after # in the text'),
    },
    answer: (texts, { id = '', node }, signal) => texts.trace(id, node, signal),
  },
  {
    name: 'compare_traces',
    title: 'Compare two traces',
    description:
      'What differs between two traces: what only one of them did, what took longer, how often, and what explains most of it.',
    input: { a: id, b: id },
    answer: (texts, { a = '', b = '' }, signal) => texts.compare(a, b, signal),
  },
];
