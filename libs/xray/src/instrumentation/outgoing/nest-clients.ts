import { outgoingPolicy, storage, type Active } from '../../core/context';
import { follow } from '../../core/promises';
import { Subsegment } from '../../core/subsegment';
import { RPC_HEADER_FIELD } from '../nest/rpc-header';
import { loadedCopies } from '../loaded-copies';
import { patchMethod, type Method } from '../patch';

interface Packet {
  pattern?: unknown;
  [RPC_HEADER_FIELD]?: string;
}

interface Client {
  host?: string;
  port?: number;
}

type Answer = (packet: { err?: unknown; isDisposed?: boolean }) => void;

/** Records what Nest's ClientProxy sends over TCP, and sends the trace header along. */
export function captureRpc(): void {
  const file = '/@nestjs/microservices/index.js';
  for (const module of loadedCopies('@nestjs/microservices', file)) {
    const { ClientTCP } = module as { ClientTCP?: { prototype: object } };
    if (!ClientTCP) continue;
    patchMethod(ClientTCP.prototype, 'connect', tracedConnect);
    patchMethod(ClientTCP.prototype, 'publish', tracedPublish);
    patchMethod(ClientTCP.prototype, 'dispatchEvent', tracedDispatch);
  }
}

/** `send`: asks and gets any number of answers. */
function tracedPublish(original: Method) {
  return function publish(this: Client, packet: Packet, answer: Answer): unknown {
    const active = storage.getStore();
    const call = start(active, this, packet);
    if (!call) return Reflect.apply(original, this, [packet, answer]);
    const { subsegment } = call;
    const closing: Answer = (response) => {
      if (response.err) subsegment?.close(response.err);
      else if (response.isDisposed) subsegment?.close();
      // The answer comes on the shared socket: whoever waits goes on in its own context.
      storage.run(active, answer, response);
    };
    const teardown: unknown = Reflect.apply(original, this, [call.packet, closing]);
    return () => {
      subsegment?.close();
      if (typeof teardown === 'function') (teardown as () => void)();
    };
  };
}

/** `emit`: done when the message is on its way. */
function tracedDispatch(original: Method) {
  return function dispatchEvent(this: Client, packet: Packet): unknown {
    const call = start(storage.getStore(), this, packet);
    if (!call) return Reflect.apply(original, this, [packet]);
    const sent = Reflect.apply(original, this, [call.packet]) as Promise<unknown>;
    return follow(
      sent,
      () => call.subsegment?.close(),
      (thrown) => call.subsegment?.close(thrown),
    );
  };
}

/** A service that can't be reached is known before there is a message. */
function tracedConnect(original: Method) {
  return function connect(this: Client): unknown {
    const connected = Reflect.apply(original, this, []) as Promise<unknown>;
    const active = storage.getStore();
    if (active === undefined || active.notTraced) return connected;
    return connected.catch((thrown: unknown) => {
      start(active, this, {})?.subsegment?.close(thrown);
      throw thrown;
    });
  };
}

function start(
  active: Active,
  client: Client,
  packet: Packet,
): { subsegment?: Subsegment; packet: Packet } | undefined {
  if (active === undefined) return undefined;
  const outgoing = outgoingPolicy(active);
  try {
    const { host = 'unknown', port } = client;
    const pattern =
      typeof packet.pattern === 'string' ? packet.pattern : JSON.stringify(packet.pattern ?? '');
    if (!outgoing?.wants('rpc', { pattern })) return undefined;
    const tell = (header: string): Packet =>
      outgoing.tells(host) ? { ...packet, [RPC_HEADER_FIELD]: header } : packet;
    if (active.notTraced) return { packet: tell(active.traceHeader()) };

    const subsegment = new Subsegment(port === undefined ? host : `${host}:${port}`, active);
    subsegment.namespace = 'remote';
    subsegment.addMetadata('rpc', { pattern, transport: 'TCP' }, 'nest');
    return { subsegment, packet: tell(subsegment.traceHeader()) };
  } catch {
    return undefined;
  }
}
