import { AsyncLocalStorage } from 'node:async_hooks';
import { incomingTrace, type Incoming } from '../../core/propagation';
import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { noteServer } from './consumed';
import { eachPrototype, transportPart } from './parts';

/**
 * The field of a packet between two Nest services that carries the trace header:
 * `{ pattern, data, id, xray }`. A service without this package ignores it.
 */
export const RPC_HEADER_FIELD = 'xray';

type Fields = Record<string, unknown>;

/** The packet fields that carry a trace over transports without headers; no `traceparent` beside ours. */
export function traceFields(headers: readonly [name: string, value: string][]): Fields {
  const fields: Fields = {};
  for (const [name, value] of headers) {
    fields[name === 'X-Amzn-Trace-Id' ? RPC_HEADER_FIELD : name] = value;
  }
  if (RPC_HEADER_FIELD in fields) delete fields.traceparent;
  return fields;
}

/** Holds the trace of the message being handled, once it has been read. */
interface TraceSlot {
  trace: Incoming | undefined;
}

/** Nest passes only the data of a packet to handlers, so its trace is kept here. */
const incoming = new AsyncLocalStorage<TraceSlot>();

/** The trace that came with the message being handled. */
export function incomingRpcTrace(): Incoming | undefined {
  return incoming.getStore()?.trace;
}

/** How to read the trace from the arguments of each server's `handleMessage`. */
const SERVERS: Record<string, (args: Fields[]) => Incoming | undefined> = {
  ServerTCP: ([, packet]) => fromFields(packet),
  ServerRedis: () => undefined,
  ServerMqtt: ([, , , packet]) => fromHeaders((packet?.properties as Fields)?.userProperties),
  ServerNats: ([, message]) => fromHeaders(message?.headers),
  ServerRMQ: ([message]) => fromHeaders((message?.properties as Fields | undefined)?.headers),
  ServerKafka: ([payload]) => fromHeaders((payload?.message as Fields | undefined)?.headers),
};

/** Methods that parse the packet, in servers that do so within `handleMessage`. */
const PARSERS = ['parseMessage', 'parseMessageContent'];

/** Reads the trace of each message that a Nest microservice receives. Once per process. */
export function receiveRpcHeaders(warn: Warn): void {
  for (const [name, read] of Object.entries(SERVERS)) {
    const without = `messages that come to it start traces of their own`;
    const part = transportPart(name, ['handleMessage'], without);
    eachPrototype(part, warn, (prototype) => {
      patchMethod(prototype, 'handleMessage', (original) => keepingTrace(original, read));
      patchMethod(prototype, 'listen', (original) => noting(original, name));
      for (const parser of PARSERS) patchMethod(prototype, parser, keepingFields);
    });
  }
}

function keepingTrace(original: Method, read: (args: Fields[]) => Incoming | undefined): Method {
  return function handleMessage(this: unknown, ...args: never[]): unknown {
    const slot: TraceSlot = { trace: undefined };
    try {
      slot.trace = read(args);
    } catch {
      // A malformed message must reach the handler as it is.
    }
    return incoming.run(slot, () => Reflect.apply(original, this, args) as unknown);
  };
}

function noting(original: Method, name: string): Method {
  return function listen(this: object, ...args: never[]): unknown {
    noteServer(name, this);
    return Reflect.apply(original, this, args);
  };
}

function keepingFields(original: Method): Method {
  return function parse(this: unknown, ...args: never[]): unknown {
    const packet: unknown = Reflect.apply(original, this, args);
    const slot = incoming.getStore();
    if (slot !== undefined) slot.trace ??= fromFields(packet);
    return packet;
  };
}

function fromFields(packet: unknown): Incoming | undefined {
  if (typeof packet !== 'object' || packet === null) return undefined;
  const { [RPC_HEADER_FIELD]: xray, traceparent, tracestate, baggage } = packet as Fields;
  if (typeof xray !== 'string' && typeof traceparent !== 'string') return undefined;
  return incomingTrace({ 'x-amzn-trace-id': xray, traceparent, tracestate, baggage });
}

/** Reads headers from a plain object, or from a class with `get`, as in NATS and gRPC. */
export function fromHeaders(headers: unknown): Incoming | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const { get } = headers as { get?: (name: string) => unknown };
  const found: Fields = {};
  if (typeof get === 'function') {
    for (const name of ['X-Amzn-Trace-Id', 'traceparent', 'tracestate', 'baggage']) {
      const value = get.call(headers, name) || get.call(headers, name.toLowerCase());
      if (Array.isArray(value) ? value.length > 0 : value) found[name.toLowerCase()] = value;
    }
  } else {
    for (const [name, value] of Object.entries(headers)) found[name.toLowerCase()] = value;
  }
  return incomingTrace(found);
}

/** The trace in the metadata of a gRPC call, found among its handler's arguments. */
export function grpcTrace(message: readonly unknown[]): Incoming | undefined {
  for (const each of message) {
    const { getMap, metadata } = (each ?? {}) as {
      getMap?: unknown;
      metadata?: { getMap?: unknown };
    };
    if (typeof getMap === 'function') return fromHeaders(each);
    if (typeof metadata?.getMap === 'function') return fromHeaders(metadata);
  }
  return undefined;
}
