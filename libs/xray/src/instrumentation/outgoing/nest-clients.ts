import { AsyncLocalStorage } from 'node:async_hooks';
import { outgoingPolicy, storage, type Active } from '../../core/context';
import { isError } from '../../core/foreign-values';
import { follow } from '../../core/promises';
import { outgoingHeaders } from '../../core/propagation';
import { addRemoteError } from '../../core/remote-error';
import { withOwnHeaders } from '../../core/second-hand';
import { Subsegment } from '../../core/subsegment';
import type { Warn } from '../../core/warn-once';
import { noteClient } from '../nest/consumed';
import { eachPrototype, transportPart } from '../nest/parts';
import { traceFields } from '../nest/rpc-header';
import { patchMethod, type Method } from '../patch';
import { patternText } from '../pattern-text';
import { isNatsHeaders, withOwnNatsHeaders } from './nats-headers';
import { withOwnProperties } from './mqtt-properties';
import { CLIENTS, type Client, type Transport } from './nest-transports';

interface Packet {
  pattern?: unknown;
  [field: string]: unknown;
}

type Answer = (packet: { err?: unknown; isDisposed?: boolean }) => void;
type Headers = readonly [name: string, value: string][];

/** The headers for the message being sent; see `addingHeaders`. */
const sending = new AsyncLocalStorage<Headers>();
const NOTHING: Headers = [];

/** Records the messages of Nest's ClientProxy on every transport, and propagates the trace. */
export function captureRpc(warn: Warn): void {
  for (const transport of CLIENTS) {
    const without = 'what it sends is not recorded and carries no trace';
    const part = transportPart(transport.client, ['connect', 'publish', 'dispatchEvent'], without);
    eachPrototype(part, warn, (prototype) => {
      patchMethod(prototype, 'connect', (original) => tracedConnect(original, transport));
      patchMethod(prototype, 'publish', (original) => tracedPublish(original, transport));
      patchMethod(prototype, 'dispatchEvent', (original) => tracedDispatch(original, transport));
      if (transport.headers === 'merged') patchMethod(prototype, 'mergeHeaders', addingHeaders);
    });
  }
}

/** `send`: a request with any number of responses. */
function tracedPublish(original: Method, transport: Transport) {
  return function publish(this: Client, packet: Packet, answer: Answer): unknown {
    const active = storage.getStore();
    noteClient(transport.name, this, patternText(packet.pattern ?? ''));
    const call = start(active, this, transport, packet);
    if (!call) return Reflect.apply(original, this, [packet, answer]);
    const { subsegment } = call;
    const closing: Answer = (response) => {
      if (response.err) closeFailed(subsegment, response.err);
      else if (response.isDisposed) subsegment?.close();
      // Responses arrive on the shared socket. Restore the caller's context.
      sending.run(NOTHING, () => storage.run(active, answer, response));
    };
    const teardown: unknown = call.send(() =>
      Reflect.apply(original, this, [call.packet, closing]),
    );
    return () => {
      subsegment?.close();
      if (typeof teardown === 'function') call.send(teardown as () => void);
    };
  };
}

/** An Error comes from this process: the connection failed. A service responds with a plain object. */
function closeFailed(subsegment: Subsegment | undefined, thrown: unknown): void {
  if (subsegment === undefined || subsegment.isClosed()) return;
  if (isError(thrown)) subsegment.addError(thrown);
  else addRemoteError(subsegment, thrown, undefined, 'RpcException');
  subsegment.close();
}

/** `emit`: finished when the message has been sent. */
function tracedDispatch(original: Method, transport: Transport) {
  return function dispatchEvent(this: Client, packet: Packet): unknown {
    const call = start(storage.getStore(), this, transport, packet);
    if (!call) return Reflect.apply(original, this, [packet]);
    const sent = call.send(() => Reflect.apply(original, this, [call.packet])) as Promise<unknown>;
    return follow(
      sent,
      () => call.subsegment?.close(),
      (thrown) => call.subsegment?.close(thrown),
    );
  };
}

/** Records a failed connection, which happens before there is a message. */
function tracedConnect(original: Method, transport: Transport) {
  return function connect(this: Client): unknown {
    const active = storage.getStore();
    // All requests share the connection, so it must not belong to the first one's trace.
    const connect = () => Reflect.apply(original, this, []) as Promise<unknown>;
    const connected = active === undefined ? connect() : storage.run(undefined, connect);
    if (active === undefined || active.notTraced) return connected;
    return Promise.resolve(connected).catch((thrown: unknown) => {
      start(active, this, transport, {})?.subsegment?.close(thrown);
      throw thrown;
    });
  };
}

/** Nest's clients for NATS and RabbitMQ merge the headers of their options with those of a message. */
function addingHeaders(original: Method): Method {
  return function mergeHeaders(this: Client, ...args: never[]): unknown {
    const merged: unknown = Reflect.apply(original, this, args);
    const sent = sending.getStore() ?? NOTHING;
    if (sent === NOTHING) return merged;
    if (typeof merged === 'object' && merged !== null) {
      const active = storage.getStore();
      return isNatsHeaders(merged)
        ? withOwnNatsHeaders(active, sent, merged)
        : withOwnHeaders(active, sent, merged);
    }
    // There are no headers yet. Nest creates them, of the transport's type, from those of the options.
    const options = { ...this.options, headers: Object.fromEntries(sent) };
    const withTrace = Object.create(this, { options: { value: options } }) as Client;
    return Reflect.apply(original, withTrace, args);
  };
}

/** The producer of kafkajs, created when the client connects, takes messages with headers. */
function addingToMessages(original: Method): Method {
  return function send(this: unknown, ...args: never[]): unknown {
    const headers = sending.getStore() ?? NOTHING;
    const [record, ...rest] = args as { messages?: { headers?: object }[] }[];
    if (headers === NOTHING || !Array.isArray(record?.messages)) {
      return Reflect.apply(original, this, args);
    }
    const messages = record.messages.map((message) => ({
      ...message,
      headers: withOwnHeaders(storage.getStore(), headers, message.headers),
    }));
    return Reflect.apply(original, this, [{ ...record, messages }, ...rest] as never[]);
  };
}

interface Call {
  subsegment?: Subsegment;
  packet: Packet;
  /** Sends the packet, with the trace in its headers if the transport has headers. */
  send(work: () => unknown): unknown;
}

function start(
  active: Active,
  client: Client,
  transport: Transport,
  packet: Packet,
): Call | undefined {
  if (active === undefined) return undefined;
  const outgoing = outgoingPolicy(active);
  try {
    const { host, port } = transport.address(client);
    const pattern = patternText(packet.pattern ?? '');
    if (!outgoing?.wants('rpc', { pattern })) return undefined;
    const propagate = (headers: Headers): Omit<Call, 'subsegment'> => {
      if (!outgoing.sendsHeadersTo(host)) return { packet, send: (work) => work() };
      if (transport.headers === undefined) {
        const data = withOwnProperties(active, headers, packet.data);
        return { packet: { ...packet, data, ...traceFields(headers) }, send: (work) => work() };
      }
      const producer = client._producer;
      if (producer) patchMethod(producer, 'send', addingToMessages);
      return { packet, send: (work) => sending.run(headers, work) };
    };
    if (active.notTraced) return propagate(outgoingHeaders(active));

    const subsegment = new Subsegment(port === undefined ? host : `${host}:${port}`, active);
    subsegment.namespace = 'remote';
    subsegment.addMetadata('rpc', { pattern, transport: transport.name }, 'nest');
    subsegment.hidesInnerCalls = true;
    const { send, ...propagated } = propagate(outgoingHeaders(subsegment));
    return { subsegment, ...propagated, send: (work) => storage.run(subsegment, send, work) };
  } catch {
    return undefined;
  }
}
