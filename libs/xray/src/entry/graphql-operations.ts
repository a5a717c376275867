import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { storage, type Active } from '../core/context';
import type { RecordedNode } from '../core/recorded-node';
import { Subsegment } from '../core/subsegment';
import { recordOnRequest } from './exchange';

/** An operation as graphql-js has parsed it. */
export interface Operation {
  kind?: string;
  /** `query`, `mutation` or `subscription`. */
  operation: string;
  name?: { value: string };
}

interface GraphqlError {
  originalError?: unknown;
  /** Where it happened; undefined when nothing was carried out. */
  path?: unknown;
  extensions?: { code?: unknown };
}

/** What Apollo Server tells its plugins of an operation. */
interface OperationRequest {
  contextValue: object;
  requestIsBatched?: boolean;
  request?: { operationName?: string };
  document?: { definitions?: readonly Operation[] };
  operation?: Operation;
  errors?: readonly GraphqlError[];
}

/** The operations of a batch, by the context that Apollo Server makes for each of them. */
const batched = new WeakMap<object, RecordedNode>();

/** What resolvers that are given `context` belong to, where that is not what is active. */
export function operationOf(context: unknown): RecordedNode | undefined {
  return typeof context === 'object' && context !== null ? batched.get(context) : undefined;
}

/** Records on the segment which operation it is for, such as `query GetBook`; the first one counts. */
export function nameOperation(active: Active, operation: Operation): void {
  if (active === undefined || active.notTraced) return;
  const { root } = active;
  if (root.annotations?.[OPERATION] === undefined) annotate(root, operation);
}

const OPERATION = 'graphql_operation';

/** Under this key `@Plugin()` of @nestjs/apollo marks the classes of plugins for Apollo Server. */
const PLUGIN = 'graphql:plugin';

/** Apollo waits for each listener. */
const DONE = Promise.resolve();

/**
 * Names GraphQL requests by their operation, and gives the reason of those that reach no resolver: a
 * field that does not exist, a syntax error. Of a batch, each operation is a subsegment.
 *
 * @see https://www.apollographql.com/docs/apollo-server/integrations/plugins-event-reference
 */
@Injectable()
export class GraphqlOperations {
  requestDidStart(request: OperationRequest): Promise<object | undefined> {
    const active = storage.getStore();
    if (active === undefined || active.notTraced) return Promise.resolve(undefined);
    const listener = request.requestIsBatched
      ? ofBatch(request, new Subsegment('GraphQL operation', active))
      : ofRequest(active);
    return Promise.resolve(listener);
  }

  /** Not even a GraphQL request. */
  invalidRequestWasReceived({ error }: { error: unknown }): Promise<void> {
    recordOnRequest(error);
    return DONE;
  }

  contextCreationDidFail({ error }: { error: unknown }): Promise<void> {
    recordOnRequest(error);
    return DONE;
  }
}
Reflect.defineMetadata(PLUGIN, true, GraphqlOperations);

/** The one operation of a request; its segment's flags are for the status to say. */
function ofRequest(active: Active): object {
  return {
    didResolveOperation({ operation }: OperationRequest): Promise<void> {
      if (operation) nameOperation(active, operation);
      return DONE;
    },
    didEncounterErrors(request: OperationRequest): Promise<void> {
      const operation = intended(request);
      if (operation) nameOperation(active, operation);
      // What resolvers throw is recorded on them.
      for (const error of request.errors ?? []) if (isRefusal(error)) recordOnRequest(error);
      return DONE;
    },
  };
}

function ofBatch({ contextValue }: OperationRequest, node: Subsegment): object {
  batched.set(contextValue, node);
  const name = (operation: Operation | undefined): void => {
    if (operation !== undefined) node.name = annotate(node, operation);
  };
  return {
    didResolveOperation({ operation }: OperationRequest): Promise<void> {
      name(operation);
      return DONE;
    },
    didEncounterErrors(request: OperationRequest): Promise<void> {
      name(intended(request));
      for (const error of request.errors ?? []) {
        node.addError(isRefusal(error) ? error : (error.originalError ?? error));
        if (!isRefusal(error)) continue;
        node.error = true;
        node.fault = false;
      }
      return DONE;
    },
    willSendResponse(): Promise<void> {
      node.close();
      return DONE;
    },
  };
}

function annotate(node: RecordedNode, { operation, name }: Operation): string {
  const label = name === undefined ? operation : `${operation} ${name.value}`;
  node.addAnnotation(OPERATION, label.slice(0, 250));
  return label.slice(0, 200);
}

/** The operation that was asked for, where it did not get as far as being resolved. */
function intended({ operation, document, request }: OperationRequest): Operation | undefined {
  if (operation !== undefined) return operation;
  const all = document?.definitions?.filter(({ kind }) => kind === 'OperationDefinition') ?? [];
  const { operationName } = request ?? {};
  return operationName ? all.find(({ name }) => name?.value === operationName) : all[0];
}

/** By what Apollo Server says that an operation can't be carried out as it was asked for. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_REQUEST',
]);

function isRefusal({ extensions, path }: GraphqlError): boolean {
  return path === undefined && REFUSALS.has(extensions?.code);
}
