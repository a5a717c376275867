/** The members of Nest's clients that are read here. */
export interface Client {
  host?: string;
  port?: number;
  options?: {
    host?: unknown;
    port?: unknown;
    url?: unknown;
    urls?: unknown;
    servers?: unknown;
    headers?: unknown;
    client?: { brokers?: unknown };
  };
  /** kafkajs' producer, once there is one. */
  _producer?: object | null;
  /** Where RabbitMQ delivers answers. */
  replyQueue?: unknown;
}

interface Address {
  host: string;
  port?: number;
}

export interface Transport {
  /** The name in Nest's enum `Transport`. */
  name: string;
  /** The name of the client's class. */
  client: string;
  /** How headers are added to messages; undefined if the trace goes into a field of the packet. */
  headers?: 'merged' | 'kafka';
  address(client: Client): Address;
}

/** Nest's clients that are a ClientProxy. */
export const CLIENTS: readonly Transport[] = [
  {
    name: 'TCP',
    client: 'ClientTCP',
    address: ({ host = 'unknown', port }) => ({ host, port }),
  },
  {
    name: 'REDIS',
    client: 'ClientRedis',
    address: ({ options = {} }) => ({
      host: typeof options.host === 'string' ? options.host : 'localhost',
      port: typeof options.port === 'number' ? options.port : 6379,
    }),
  },
  {
    name: 'NATS',
    client: 'ClientNats',
    headers: 'merged',
    address: ({ options }) => addressIn(options?.servers, 'localhost:4222'),
  },
  {
    name: 'MQTT',
    client: 'ClientMqtt',
    address: ({ options }) => addressIn(options?.url, 'localhost:1883'),
  },
  {
    name: 'RMQ',
    client: 'ClientRMQ',
    headers: 'merged',
    address: ({ options }) => addressIn(options?.urls, 'localhost:5672'),
  },
  {
    name: 'KAFKA',
    client: 'ClientKafka',
    headers: 'kafka',
    address: ({ options }) => addressIn(options?.client?.brokers, 'localhost:9092'),
  },
];

/**
 * Reads the first address of one or several URLs, `host:port` strings or objects with a hostname.
 * Drops credentials.
 */
export function addressIn(given: unknown, usual: string): Address {
  const first: unknown = Array.isArray(given) ? given[0] : given;
  if (typeof first === 'object' && first !== null) {
    const { hostname, port } = first as { hostname?: unknown; port?: unknown };
    if (typeof hostname === 'string') {
      return { host: hostname, ...(typeof port === 'number' && { port }) };
    }
  }
  const text = typeof first === 'string' && first !== '' ? first : usual;
  const url = new URL(text.includes('://') ? text : `tcp://${text}`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, ...(url.port !== '' && { port: Number(url.port) }) };
}
