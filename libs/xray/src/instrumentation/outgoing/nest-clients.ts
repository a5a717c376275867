import { AsyncLocalStorage } from 'node:async_hooks';
import { outgoingPolicy, storage, type Active } from '../../core/context';
import { follow } from '../../core/promises';
import { outgoingHeaders } from '../../core/propagation';
import { addRemoteError } from '../../core/remote-error';
import { Subsegment } from '../../core/subsegment';
import type { Warn } from '../../core/warn-once';
import { eachPrototype, transportPart } from '../nest/parts';
import { traceFields } from '../nest/rpc-header';
import { patchMethod, type Method } from '../patch';
import { patternText } from '../pattern-text';
import { CLIENTS, type Client, type Transport } from './nest-transports';

interface Packet {
  pattern?: unknown;
  [field: string]: unknown;
}

type Answer = (packet: { err?: unknown; isDisposed?: boolean }) => void;
type Headers = readonly [name: string, value: string][];

/** The headers for the message that is being put together; see `addingHeaders`. */
const sending = new AsyncLocalStorage<Headers>();
const NOTHING: Headers = [];

/** Records what Nest's ClientProxy sends, over whatever transport, and sends the trace along. */
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

/** `send`: asks and gets any number of answers. */
function tracedPublish(original: Method, transport: Transport) {
  return function publish(this: Client, packet: Packet, answer: Answer): unknown {
    const active = storage.getStore();
    const call = start(active, this, transport, packet);
    if (!call) return Reflect.apply(original, this, [packet, answer]);
    const { subsegment } = call;
    const closing: Answer = (response) => {
      if (response.err) closeFailed(subsegment, response.err);
      else if (response.isDisposed) subsegment?.close();
      // The answer comes on the shared socket: whoever waits goes on in its own context.
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

/** An Error is of this process, where the connection failed; what a service answers is a plain object. */
function closeFailed(subsegment: Subsegment | undefined, thrown: unknown): void {
  if (subsegment === undefined || subsegment.isClosed()) return;
  if (thrown instanceof Error) subsegment.addError(thrown);
  else addRemoteError(subsegment, thrown, undefined, 'RpcException');
  subsegment.close();
}

/** `emit`: done when the message is on its way. */
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

/** A service that can't be reached is known before there is a message. */
function tracedConnect(original: Method, transport: Transport) {
  return function connect(this: Client): unknown {
    const active = storage.getStore();
    // The connection serves everybody, and outlives the request that was first to need it.
    const connect = () => Reflect.apply(original, this, []) as Promise<unknown>;
    const connected = active === undefined ? connect() : storage.run(undefined, connect);
    if (active === undefined || active.notTraced) return connected;
    return Promise.resolve(connected).catch((thrown: unknown) => {
      start(active, this, transport, {})?.subsegment?.close(thrown);
      throw thrown;
    });
  };
}

/** Nest's clients for NATS and RabbitMQ add those of their options to the headers of every message. */
function addingHeaders(original: Method): Method {
  return function mergeHeaders(this: Client, ...args: never[]): unknown {
    const sent = sending.getStore() ?? NOTHING;
    if (sent === NOTHING) return Reflect.apply(original, this, args);
    const headers = {
      ...Object.fromEntries(sent),
      ...(this.options?.headers as object | undefined),
    };
    const withTrace = Object.create(this, {
      options: { value: { ...this.options, headers } },
    }) as Client;
    return Reflect.apply(original, withTrace, args);
  };
}

/** kafkajs' producer, which the client makes when it connects, takes messages with their headers. */
function addingToMessages(original: Method): Method {
  return function send(this: unknown, ...args: never[]): unknown {
    const headers = sending.getStore() ?? NOTHING;
    const [record, ...rest] = args as { messages?: { headers?: object }[] }[];
    if (headers === NOTHING || !Array.isArray(record?.messages)) {
      return Reflect.apply(original, this, args);
    }
    const messages = record.messages.map((message) => ({
      ...message,
      headers: { ...Object.fromEntries(headers), ...message.headers },
    }));
    return Reflect.apply(original, this, [{ ...record, messages }, ...rest] as never[]);
  };
}

interface Call {
  subsegment?: Subsegment;
  packet: Packet;
  /** Hands the packet to Nest, with the trace in its headers where the transport has them. */
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
    const tell = (headers: Headers): Omit<Call, 'subsegment'> => {
      if (!outgoing.sendsHeadersTo(host)) return { packet, send: (work) => work() };
      if (transport.headers === undefined) {
        return { packet: { ...packet, ...traceFields([...headers]) }, send: (work) => work() };
      }
      const producer = client._producer;
      if (producer) patchMethod(producer, 'send', addingToMessages);
      return { packet, send: (work) => sending.run(headers, work) };
    };
    if (active.notTraced) return tell(outgoingHeaders(active));

    const subsegment = new Subsegment(port === undefined ? host : `${host}:${port}`, active);
    subsegment.namespace = 'remote';
    subsegment.addMetadata('rpc', { pattern, transport: transport.name }, 'nest');
    subsegment.whole = true;
    const { send, ...told } = tell(outgoingHeaders(subsegment));
    return { subsegment, ...told, send: (work) => storage.run(subsegment, send, work) };
  } catch {
    return undefined;
  }
}
