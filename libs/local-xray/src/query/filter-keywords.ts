import { EXCEPTION, type FacetKind, HINT, ROUTE, STATEMENT, VERSION } from '../aggregates/facets';
import type { CompletionKind } from '../console-api';
import { HAS_CAUSES } from './cause-conditions';
import type { CausePart, Filter, NumberOp, TextOp } from './filter-ast';
import type { CauseItem } from './filter-causes';
import type { TraceView } from './filter-evaluate';
import type { Verdict } from './filter-logic';
import type { Probe } from './filter-nodes';
import {
  ERROR,
  FAULT,
  INFERRED,
  PARTIAL,
  ROOT,
  flagMeaning,
  THROTTLE,
  TROUBLE,
} from '../trace/node-flags';
import { anyOf, sql, type Sql, TRUE } from './query-database';
import { isCommonMethod } from '../trace/trace-shape';

/**
 * The keywords of filter expressions. Tokens, grammar, SQL, evaluation, errors, completion and
 * docs/filter-expressions.md all read this table. A new keyword is one entry.
 *
 * An entry reads its value in up to three places. It is allowed where it has a way to read:
 * - `trace`: the trace as a whole, at the top level;
 * - `node`: one visit or call, in the braces of service() and edge();
 * - `cause`: one service, entity or exception on the path to a root cause.
 */
export type Keyword = BooleanKeyword | NumberKeyword | TextKeyword;

interface Named {
  /** In lower case. Expressions may use any case. */
  name: string;
  /** A short description, for completion and the docs. */
  about: string;
}

type Cause<Value> = { parts: readonly CausePart[]; read: (item: CauseItem) => Value };

export interface BooleanKeyword extends Named {
  type: 'boolean';
  trace?:
    | { sql: Sql; read: (view: TraceView) => boolean }
    /** An abbreviation for another filter. */
    | { means: Filter };
  node?: (probe: Probe) => boolean;
  cause?: Cause<boolean>;
}

/** Null and undefined mean that there is no value. */
type Amount = number | null | undefined;

export interface NumberKeyword extends Named {
  type: 'number';
  trace?: { column: string; read: (view: TraceView) => Amount };
  /** `unknown` requests more data. */
  node?: (probe: Probe) => Amount | 'unknown';
  cause?: Cause<Amount>;
}

/** All texts of the keyword. A condition holds if it holds for one of them. */
export type Texts = readonly (string | null | undefined)[];

export interface TextKeyword extends Named {
  type: 'text';
  /** Values seen in traces, to offer for completion. */
  completions?: CompletionKind;
  trace?: TextOfTrace;
  /** Undefined requests more data. */
  node?: (probe: Probe) => Texts | undefined;
  /** The result of a comparison that is known before more data is read. */
  nodeGuess?: (op: TextOp | NumberOp | undefined, value: string | undefined) => Verdict;
  cause?: Cause<string | undefined>;
}

export type TextOfTrace =
  /** A column of `traces AS t`. With `list`, a JSON array of texts. */
  | { column: string; list?: true; facet?: undefined; read: (view: TraceView) => Texts }
  /** A facet: a value that traces share and that the console's pages count. */
  | { column?: undefined; facet: FacetKind; read: (view: TraceView) => Texts }
  /** Only in the summary; `within` limits the traces that can have it. */
  | { column?: undefined; facet?: undefined; within?: Sql; read: (view: TraceView) => Texts };

const PLACES = ['service', 'entity', 'exception'] as const;

/** A keyword for one outcome flag: the same bit of the trace, a visit and a call. */
function trouble(name: string, bit: number, about: string): BooleanKeyword {
  return {
    name,
    type: 'boolean',
    about,
    trace: {
      sql: sql(bit === 0 ? `(t.flags & ${TROUBLE}) = 0` : `(t.flags & ${bit}) <> 0`),
      read: ({ flags }) => flagMeaning(name, flags)!,
    },
    node: ({ flags }) => flagMeaning(name, flags)!,
  };
}

const TROUBLES = [
  trouble('ok', 0, 'no error, throttle or fault'),
  trouble('error', ERROR, 'status 4xx'),
  trouble('throttle', THROTTLE, 'status 429'),
  trouble('fault', FAULT, 'status 5xx'),
  trouble('partial', PARTIAL, 'incomplete: something is missing or has not ended'),
];

/** An extension of ours that X-Ray does not have; see aggregates/facets.ts. */
function common(name: string, facet: FacetKind, about: string): TextKeyword {
  return {
    name,
    type: 'text',
    about,
    trace: { facet, read: (view) => view.facets(facet) },
  };
}

/** A field of a document, available once documents are read. */
const ofNode =
  (read: (documents: NonNullable<Probe['documents']>) => Texts) =>
  ({ documents }: Probe): Texts | undefined =>
    documents && read(documents);

export const KEYWORDS: readonly Keyword[] = [
  ...TROUBLES,
  {
    name: 'root',
    type: 'boolean',
    about: 'no other segment of the trace called it',
    trace: { sql: TRUE, read: () => true },
    node: ({ flags }) => (flags & ROOT) !== 0,
  },
  {
    name: 'inferred',
    type: 'boolean',
    about: 'inferred from a call: sends no segments',
    trace: {
      means: {
        kind: 'service',
        target: {},
        where: { kind: 'boolean', keyword: 'inferred', is: true },
      },
    },
    node: ({ flags }) => (flags & INFERRED) !== 0,
    cause: { parts: ['service'], read: ({ inferred = false }) => inferred },
  },
  {
    name: 'responsetime',
    type: 'number',
    about: 'response time in seconds',
    trace: { column: 't.response_time', read: (view) => view.responseTime },
    node: ({ seconds }) => seconds ?? 'unknown',
  },
  {
    name: 'duration',
    type: 'number',
    about: 'seconds from the first start to the last end',
    trace: { column: 't.duration', read: (view) => view.duration },
    node: ({ seconds }) => seconds ?? 'unknown',
  },
  {
    name: 'http.status',
    type: 'number',
    about: 'status of the response',
    trace: { column: 't.status', read: (view) => view.status },
    node: ({ status }) => status || null,
  },
  {
    name: 'http.url',
    type: 'text',
    about: 'URL of the request',
    completions: 'urls',
    trace: { column: 't.url', read: (view) => [view.url] },
    node: ofNode(({ node }) => [node.http?.request?.url]),
  },
  {
    name: 'http.method',
    type: 'text',
    about: 'GET, POST, …',
    completions: 'methods',
    trace: { column: 't.method', read: (view) => [view.method] },
    node: ({ method }) => (typeof method === 'string' ? [method || null] : undefined),
    // The value is set to an unusual one, so it differs from every usual one.
    nodeGuess: (op, value) => {
      if (op === undefined) return true;
      return (op === '=' || op === '!=') && isCommonMethod(value!) ? op === '!=' : undefined;
    },
  },
  {
    name: 'http.useragent',
    type: 'text',
    about: 'user agent of the client',
    trace: { column: 't.user_agent', read: (view) => [view.userAgent] },
    node: ofNode(({ node }) => [node.http?.request?.user_agent]),
  },
  {
    name: 'http.clientip',
    type: 'text',
    about: 'IP address of the client',
    trace: { column: 't.client_ip', read: (view) => [view.clientIp] },
    node: ofNode(({ node }) => [node.http?.request?.client_ip]),
  },
  {
    name: 'user',
    type: 'text',
    about: 'user id',
    completions: 'users',
    trace: { column: 't.users', list: true, read: (view) => view.users },
    node: ofNode(({ segments }) => segments.map(({ user }) => user || undefined).slice(0, 1)),
  },
  {
    name: 'name',
    type: 'text',
    about: 'name of the service, entity or exception',
    completions: 'services',
    trace: { read: (view) => [view.summary().EntryPoint?.Name] },
    node: ({ name }) => [name],
    cause: { parts: PLACES, read: ({ name }) => name },
  },
  {
    name: 'type',
    type: 'text',
    about: 'type of the service, such as AWS::ECS::Container',
    trace: { read: (view) => [view.summary().EntryPoint?.Type] },
    node: ({ type }) => [type],
    cause: { parts: ['service'], read: ({ type }) => type },
  },
  {
    name: 'message',
    type: 'text',
    about: 'message of an exception',
    trace: {
      within: anyOf([HAS_CAUSES.fault, HAS_CAUSES.error]),
      read: (view) => {
        const { FaultRootCauses, ErrorRootCauses } = view.summary();
        return [...FaultRootCauses, ...ErrorRootCauses]
          .flatMap(({ Services }) => Services.flatMap(({ EntityPath }) => EntityPath))
          .flatMap(({ Exceptions = [] }) => Exceptions.map(({ Message }) => Message));
      },
    },
    node: ofNode(({ parts }) =>
      parts().flatMap(({ cause }) =>
        typeof cause === 'object' && Array.isArray(cause?.exceptions)
          ? cause.exceptions.map(({ message }) => message)
          : [],
      ),
    ),
    cause: { parts: ['exception'], read: ({ message }) => message },
  },
  {
    name: 'resource.arn',
    type: 'text',
    about: 'ARN of the AWS resource',
    trace: { read: (view) => view.summary().ResourceARNs.map(({ ARN }) => ARN) },
    node: ofNode(({ segments }) => segments.map(({ resource_arn }) => resource_arn).slice(0, 1)),
  },
  {
    name: 'instance.id',
    type: 'text',
    about: 'id of the EC2 instance',
    trace: { read: (view) => view.summary().InstanceIds.map(({ Id }) => Id) },
    node: ofNode(({ segments }) => segments.map(ec2('instance_id')).slice(0, 1)),
  },
  {
    name: 'availabilityzone',
    type: 'text',
    about: 'availability zone of the EC2 instance',
    trace: { read: (view) => view.summary().AvailabilityZones.map(({ Name }) => Name) },
    node: ofNode(({ segments }) => segments.map(ec2('availability_zone')).slice(0, 1)),
  },
  common('route', ROUTE, 'method and route of a segment'),
  common('hint', HINT, 'kind of a hint'),
  common('statement', STATEMENT, 'query without its literals, or AWS call'),
  common('exception', EXCEPTION, 'type, message and place of an exception'),
  {
    ...common('service.version', VERSION, 'version of a service in the trace'),
    completions: 'versions',
    node: ofNode(({ segments }) => segments.map(({ service }) => service?.version)),
  },
  {
    name: 'first',
    type: 'boolean',
    about: 'first on the path',
    cause: { parts: PLACES, read: ({ index }) => index === 0 },
  },
  {
    name: 'last',
    type: 'boolean',
    about: 'last on the path',
    cause: { parts: PLACES, read: ({ last }) => last },
  },
  {
    name: 'index',
    type: 'number',
    about: 'position on the path, from 0',
    cause: { parts: PLACES, read: ({ index }) => index },
  },
  {
    name: 'remote',
    type: 'boolean',
    about: 'a call to another service',
    cause: { parts: ['entity'], read: ({ remote = false }) => remote },
  },
  {
    name: 'coverage',
    type: 'number',
    about: 'share of the response time, from 0 to 1',
    cause: { parts: ['entity'], read: ({ coverage }) => coverage },
  },
];

const BY_NAME = new Map(KEYWORDS.map((each) => [each.name, each]));

/** The entry for a condition of this type. */
export function keywordOf<Type extends Keyword['type']>(
  type: Type,
  name: string,
): Extract<Keyword, { type: Type }> {
  const found = BY_NAME.get(name);
  if (found?.type === type) return found as Extract<Keyword, { type: Type }>;
  throw new Error(`${name} is not a keyword about a ${type}`);
}

/** The kind of facet that a condition tests. Undefined if it tests something else. */
export function facetOf(name: string): FacetKind | undefined {
  const keyword = BY_NAME.get(name);
  return keyword?.type === 'text' ? keyword.trace?.facet : undefined;
}

/** Undefined if there is no such keyword. `name` may be in any case. */
export function findKeyword(name: string): Keyword | undefined {
  return BY_NAME.get(name.toLowerCase());
}

function ec2(field: 'instance_id' | 'availability_zone') {
  return ({ aws }: { aws?: Record<string, unknown> }): string | undefined => {
    const value = (aws?.ec2 as Record<string, unknown> | null | undefined)?.[field];
    return typeof value === 'string' ? value : undefined;
  };
}
