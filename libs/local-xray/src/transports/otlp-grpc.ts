import { createServer, type Server, type Socket } from 'node:net';
import type * as Grpc from '@grpc/grpc-js';
import { XrayError } from '../http/xray.error';
import type { OtlpExports } from './otlp-exports';

const SERVICES = {
  traces: 'trace.v1.TraceService',
  logs: 'logs.v1.LogsService',
  metrics: 'metrics.v1.MetricsService',
} as const;
/** As over HTTP; also after unzipping. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * OTLP over gRPC, without TLS. https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 *
 * The address is listened on by a plain server, and gRPC is loaded with the first connection: who never sends
 * anything this way does not wait for it.
 */
export class OtlpGrpc {
  readonly server: Server;
  private grpc: Promise<{ server: Grpc.Server; connections: Grpc.ConnectionInjector }> | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly exports: OtlpExports) {
    this.server = createServer((socket) => void this.connect(socket));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    const grpc = await this.grpc?.catch(() => undefined);
    grpc?.server.forceShutdown();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async connect(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => socket.destroy());
    try {
      this.grpc ??= this.load();
      (await this.grpc).connections.injectConnection(socket);
    } catch (error) {
      console.error(
        `OTLP over gRPC cannot be accepted: ${(error as Error).message}. Send OTLP over HTTP instead.`,
      );
      socket.destroy();
    }
  }

  private async load(): Promise<{ server: Grpc.Server; connections: Grpc.ConnectionInjector }> {
    const grpc = await import('@grpc/grpc-js');
    const server = new grpc.Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
    for (const signal of ['traces', 'logs', 'metrics'] as const) {
      server.addService(serviceOf(signal), { export: this.handler(signal, grpc.status) });
    }
    const connections = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
    return { server, connections };
  }

  private handler(
    signal: keyof typeof SERVICES,
    status: typeof Grpc.status,
  ): Grpc.handleUnaryCall<Buffer, Buffer> {
    return ({ request }, callback) => {
      this.exports.take(signal, request, 'protobuf').then(
        (outcome) => {
          if ('answer' in outcome) callback(null, outcome.answer);
          else callback({ code: status.INVALID_ARGUMENT, details: outcome.problem });
        },
        (error: Error) => {
          // A status after which exporters try again.
          const again = error instanceof XrayError && error.status === 503;
          callback({ code: again ? status.UNAVAILABLE : status.INTERNAL, details: error.message });
        },
      );
    };
  }
}

/** Messages stay bytes: they are decoded where they are stored. */
function serviceOf(signal: keyof typeof SERVICES): Grpc.ServiceDefinition {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    export: {
      path: `/opentelemetry.proto.collector.${SERVICES[signal]}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  };
}
