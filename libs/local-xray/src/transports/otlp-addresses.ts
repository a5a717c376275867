import type { RequestListener } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { KEEP_ALIVE_MS } from '../http/keep-alive';
import type { OtlpAddress, ResolvedOptions } from '../options/local-xray.options';
import { AddressError } from './address-error';
import type { OtlpExports } from './otlp-exports';
import { OtlpGrpc } from './otlp-grpc';

/** The addresses that accept OTLP besides the main one. */
export interface OtlpAddresses {
  /** `host:port`. Undefined if it is off or not available. */
  http: string | undefined;
  grpc: string | undefined;
  /** Messages about addresses that are not available. */
  missing: string[];
  close(): Promise<void>;
}

/**
 * Listens for OTLP on the addresses in the options.
 *
 * @param app handles HTTP requests, as at the main address
 * @throws AddressError if a configured address is not available. A default address is skipped
 *   instead.
 */
export async function openOtlp(
  { otlpHttp, otlpGrpc }: Pick<ResolvedOptions, 'otlpHttp' | 'otlpGrpc'>,
  app: RequestListener,
  exports: OtlpExports,
): Promise<OtlpAddresses> {
  const http = createHttpServer({ keepAliveTimeout: KEEP_ALIVE_MS }, app);
  const grpc = new OtlpGrpc(exports);
  const missing: string[] = [];
  const closeHttp = async (): Promise<void> => {
    if (!http.listening) return;
    const closed = new Promise((resolve) => http.close(resolve));
    http.closeAllConnections();
    await closed;
  };
  const open = async (
    server: Server,
    address: OtlpAddress | undefined,
    what: string,
    option: string,
  ): Promise<string | undefined> => {
    if (!address) return undefined;
    try {
      return await listen(server, address);
    } catch (error) {
      const text = missingText(what, address, option, error as NodeJS.ErrnoException);
      if (!address.optional) throw new AddressError(text);
      missing.push(text);
      return undefined;
    }
  };
  try {
    return {
      http: await open(http, otlpHttp, 'OTLP over HTTP', '--otlp-http'),
      grpc: await open(grpc.server, otlpGrpc, 'OTLP over gRPC', '--otlp-grpc'),
      missing,
      close: async () => {
        await Promise.all([closeHttp(), grpc.close()]);
      },
    };
  } catch (error) {
    await closeHttp();
    throw error;
  }
}

/** Resolves with `host:port`. */
function listen(server: Server, { host, port }: OtlpAddress): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const actual = (server.address() as AddressInfo).port;
      resolve(`${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}

function missingText(
  what: string,
  { host, port }: OtlpAddress,
  option: string,
  { code, message }: NodeJS.ErrnoException,
): string {
  const why =
    code === 'EADDRINUSE' ? 'the port is in use, perhaps by an OpenTelemetry Collector' : message;
  return `${what} is not available on ${host}:${port}: ${why}. Choose another address with ${option}, or turn it off with "${option} off".`;
}
