import { createServer, type Server, type Socket } from 'node:net';
import type * as Grpc from '@grpc/grpc-js';
import { XrayError } from '../http/xray.error';
import type { OtlpExports } from './otlp-exports';

const SERVICES = {
  traces: 'trace.v1.TraceService',
  logs: 'logs.v1.LogsService',
  metrics: 'metrics.v1.MetricsService',
} as const;
/** The same limit as over HTTP. It also applies after unzipping. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * OTLP over gRPC, without TLS. https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 *
 * The address is opened by a plain server. The gRPC package is loaded with the first connection, so that users who send
 * nothing over gRPC do not wait for it.
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
        `Cannot accept OTLP over gRPC: ${(error as Error).message}. Send OTLP over HTTP instead.`,
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
          // Exporters try again after this status.
          const again = error instanceof XrayError && error.status === 503;
          callback({ code: again ? status.UNAVAILABLE : status.INTERNAL, details: error.message });
        },
      );
    };
  }
}

/** The service definition. Messages stay bytes: the writer decodes them. */
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
