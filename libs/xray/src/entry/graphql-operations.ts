import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { storage, type Active } from '../core/context';
import type { RecordedNode } from '../core/recorded-node';
import { Subsegment } from '../core/subsegment';
import { recordOnRequest } from './exchange';

/** An operation as parsed by graphql-js. */
export interface Operation {
  kind?: string;
  /** `query`, `mutation` or `subscription`. */
  operation: string;
  name?: { value: string };
}

interface GraphqlError {
  originalError?: unknown;
  /** Where an error occurred. Undefined if nothing was executed. */
  path?: unknown;
  extensions?: { code?: unknown };
}

/** What Apollo Server passes to its plugins for an operation. */
interface OperationRequest {
  contextValue: object;
  requestIsBatched?: boolean;
  request?: { operationName?: string };
  document?: { definitions?: readonly Operation[] };
  operation?: Operation;
  errors?: readonly GraphqlError[];
}

/** The operations of a batch, by the context that Apollo Server creates for each. */
const batched = new WeakMap<object, RecordedNode>();

/** The node for resolvers that receive `context`, if it differs from the active one. */
export function operationOf(context: unknown): RecordedNode | undefined {
  return typeof context === 'object' && context !== null ? batched.get(context) : undefined;
}

/** Records the operation on the segment, such as `query GetBook`. The first one counts. */
export function nameOperation(active: Active, operation: Operation): void {
  if (active === undefined || active.notTraced) return;
  const { root } = active;
  if (root.annotations?.[OPERATION] === undefined) annotate(root, operation);
}

const OPERATION = 'graphql_operation';

/** `@Plugin()` of @nestjs/apollo stores metadata on Apollo Server plugins under this key. */
const PLUGIN = 'graphql:plugin';

/** Apollo waits for each listener. */
const DONE = Promise.resolve();

/**
 * Names GraphQL requests after their operation, and records why a request reached no resolver: an
 * unknown field, a syntax error. In a batch, each operation becomes a subsegment.
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

  /** The body was not even a GraphQL request. */
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

/** The only operation of a request. The status decides the flags of its segment. */
function ofRequest(active: Active): object {
  return {
    didResolveOperation({ operation }: OperationRequest): Promise<void> {
      if (operation) nameOperation(active, operation);
      return DONE;
    },
    didEncounterErrors(request: OperationRequest): Promise<void> {
      const operation = intended(request);
      if (operation) nameOperation(active, operation);
      // Errors thrown by resolvers are recorded on the resolvers.
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

/** The requested operation, if it was not resolved. */
function intended({ operation, document, request }: OperationRequest): Operation | undefined {
  if (operation !== undefined) return operation;
  const all = document?.definitions?.filter(({ kind }) => kind === 'OperationDefinition') ?? [];
  const { operationName } = request ?? {};
  return operationName ? all.find(({ name }) => name?.value === operationName) : all[0];
}

/** Error codes with which Apollo Server rejects an operation before executing it. */
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
