/** The topics and queues whose messages go to Nest's servers and clients. */
const consumed = new Set<string>();

/** Whether the messages of a topic of Kafka, or of a queue of RabbitMQ, go to Nest. */
export function nestConsumes(name: string): boolean {
  return consumed.has(name);
}

interface Consumer {
  /** Of a server of RabbitMQ. */
  queue?: unknown;
  /** Of a client of RabbitMQ. */
  replyQueue?: unknown;
  /** Of a server of Kafka: its handlers by topic. */
  messageHandlers?: unknown;
}

/** Notes what a server of the transport consumes; it is about to listen. */
export function noteServer(name: string, server: Consumer): void {
  if (name === 'ServerRMQ') note(server.queue);
  if (name === 'ServerKafka' && server.messageHandlers instanceof Map) {
    for (const topic of server.messageHandlers.keys()) note(topic);
  }
}

/** Notes where the answer to a message with `pattern` arrives that `client` is about to send. */
export function noteClient(name: string, client: Consumer, pattern: unknown): void {
  if (name === 'RMQ') note(client.replyQueue);
  // The topic of Nest's answers.
  if (name === 'KAFKA') note(`${String(pattern)}.reply`);
}

function note(name: unknown): void {
  if (typeof name === 'string' && name !== '') consumed.add(name);
}
