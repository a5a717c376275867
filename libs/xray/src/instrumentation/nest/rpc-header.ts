import { AsyncLocalStorage } from 'node:async_hooks';
import { loadedCopies } from '../loaded-copies';
import { patchMethod, type Method } from '../patch';

/**
 * The field of a packet between two Nest services that carries the trace header:
 * `{ pattern, data, id, xray }`. A service without this package ignores it.
 */
export const RPC_HEADER_FIELD = 'xray';

/** The header of the message that is being handled; Nest hands only its data to handlers. */
const incoming = new AsyncLocalStorage<string>();

/** The `X-Amzn-Trace-Id` that came with the message being handled, unparsed. */
export function incomingRpcHeader(): string | undefined {
  return incoming.getStore();
}

/** Keeps the header of each message that a Nest microservice gets over TCP. Once for a process. */
export function receiveRpcHeaders(): void {
  const file = '/@nestjs/microservices/index.js';
  for (const module of loadedCopies('@nestjs/microservices', file)) {
    const { ServerTCP } = module as { ServerTCP?: { prototype: object } };
    if (ServerTCP) patchMethod(ServerTCP.prototype, 'handleMessage', keepingHeader);
  }
}

function keepingHeader(original: Method): Method {
  return function handleMessage(this: unknown, ...args: unknown[]): unknown {
    const header = headerOf(args[1]);
    if (header === undefined) return Reflect.apply(original, this, args);
    return incoming.run(header, () => Reflect.apply(original, this, args) as unknown);
  };
}

function headerOf(packet: unknown): string | undefined {
  if (typeof packet !== 'object' || packet === null) return undefined;
  const header = (packet as Record<string, unknown>)[RPC_HEADER_FIELD];
  return typeof header === 'string' ? header : undefined;
}
