import 'reflect-metadata';
import type { Incoming } from '../../core/propagation';
import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { patternText } from '../pattern-text';
import { grpcCallIn, type GrpcCall } from './grpc-call';
import { eachPrototype, rpcContextCreator, rpcProxy, wsContextCreator, wsProxy } from './parts';
import { grpcTrace } from './rpc-header';

export interface Message {
  kind: 'rpc' | 'ws';
  pattern: string;
  controller: string;
  handler: string;
  /** The caller's trace, if the handler's arguments carry it. */
  trace?: Incoming;
  /** Over gRPC: the call that the message belongs to. */
  grpc?: GrpcCall;
  /** The handler's arguments. */
  given: readonly unknown[];
}

/** Records the messages of one application. */
export interface MessageRecorder {
  handle(message: Message, handler: Handler): Promise<unknown>;
}

/** The applications of this process, by Nest's map of their modules. */
const applications = new WeakMap<object, MessageRecorder>();

/** The patterns of the handlers that are recorded. */
const rpcPatterns = new Set<string>();

/** Whether a handler of Nest that is recorded here answers a gRPC method. */
export function answersGrpc(service: string, method: string): boolean {
  return rpcPatterns.has(`${service}.${method}`);
}

/** Receives the arguments that came with a message. */
export type Handler = (...args: unknown[]) => Promise<unknown>;

/** Nest's class that turns a method of a controller into the function that handles messages. */
interface ContextCreator {
  guardsContextCreator?: { container?: { getModules?(): object } };
}

/** The classes that create and call handlers, and the metadata key of a handler's pattern. */
const KINDS = {
  rpc: { creator: rpcContextCreator, proxy: rpcProxy, pattern: 'microservices:pattern' },
  ws: { creator: wsContextCreator, proxy: wsProxy, pattern: 'message' },
} as const;

/**
 * Passes every message of the application that `modules` belongs to to `messageRecorder`, and what
 * handlers throw to `failed`, before exception filters run.
 */
export function watchMessages(
  modules: object,
  messageRecorder: MessageRecorder,
  failed: (thrown: unknown) => void,
  warn: Warn,
): void {
  applications.set(modules, messageRecorder);
  for (const kind of ['rpc', 'ws'] as const) {
    const { creator, proxy } = KINDS[kind];
    eachPrototype(creator, warn, (prototype) => {
      patchMethod(prototype, 'create', (original) => creating(kind, original, warn));
    });
    eachPrototype(proxy, warn, (prototype) => {
      patchMethod(prototype, 'handleError', (original) => recordingError(original, failed));
    });
  }
}

function creating(kind: Message['kind'], original: Method, warn: Warn): Method {
  return function create(this: ContextCreator, ...args: unknown[]): unknown {
    const made = Reflect.apply(original as Handler, this, args) as unknown as Handler;
    const modules = this.guardsContextCreator?.container?.getModules?.();
    if (modules === undefined) {
      warn(`container:${kind}`, noContainer(kind));
      return made;
    }
    const messageRecorder = applications.get(modules);
    if (messageRecorder === undefined) return made;
    const [instance, callback, , handler] = args as [object, Handler, string, string];
    const controller = instance.constructor.name;
    const known = patternOf(kind, callback);
    if (kind === 'rpc' && known !== undefined) rpcPatterns.add(known);
    return (...given: unknown[]) => {
      const message: Message = {
        kind,
        pattern: known ?? contextPattern(given[1]) ?? handler,
        controller,
        handler,
        given,
      };
      if (kind === 'rpc') {
        message.grpc = grpcCallIn(given);
        message.trace = message.grpc && grpcTrace(given);
      }
      return messageRecorder.handle(message, made);
    };
  };
}

function noContainer(kind: Message['kind']): string {
  const { name, without } = KINDS[kind].creator;
  return (
    `Could not find the application of a handler in guardsContextCreator.container of ${name}: ` +
    `${without}. This version of Nest may be newer than this version of nestjs-xray, so look for a newer one.`
  );
}

function recordingError(original: Method, failed: (thrown: unknown) => void): Method {
  return function handleError(this: unknown, ...args: unknown[]): unknown {
    failed(args[2]);
    return Reflect.apply(original as Handler, this, args);
  };
}

/** The pattern of a handler. Undefined if it has several patterns or none. */
function patternOf(kind: Message['kind'], callback: object): string | undefined {
  const given: unknown = Reflect.getMetadata(KINDS[kind].pattern, callback);
  const patterns: unknown[] = Array.isArray(given) ? given : [given];
  if (patterns.length !== 1 || patterns[0] === undefined) return undefined;
  return patternText(patterns[0]);
}

/** The pattern of the message, which most transports provide in its context. */
function contextPattern(context: unknown): string | undefined {
  const { getPattern } = (context ?? {}) as { getPattern?: () => unknown };
  const pattern = typeof getPattern === 'function' ? getPattern.call(context) : undefined;
  return typeof pattern === 'string' ? pattern : undefined;
}
