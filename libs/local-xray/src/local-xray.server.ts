import { lookup } from 'node:dns/promises';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { XrayErrorFilter } from './http/xray-error.filter';
import { StatusService } from './console/status.service';
import { LocalXrayEmitter } from './transports/in-process.emitter';
import { AddressError } from './transports/address-error';
import { type OtlpAddresses, openOtlp } from './transports/otlp-addresses';
import { OtlpExports } from './transports/otlp-exports';
import { UdpReceiver } from './transports/udp-receiver';
import {
  type LocalXrayOptions,
  type ResolvedOptions,
  resolveOptions,
} from './options/local-xray.options';
import { explainBodyError } from './http/body-error';
import { hostGuard } from './http/host-guard';
import { KEEP_ALIVE_MS } from './http/keep-alive';
import { securityHeaders } from './http/security-headers';
import { ServerModule } from './server.module';
import { TraceStore } from './engine/trace-store';

/** The largest request body, also after unzipping. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A running local X-Ray. */
export interface LocalXray {
  host: string;
  /** The port of UDP and TCP. */
  port: number;
  /** `host:port` */
  address: string;
  /** Further addresses that accept OTLP, as `host:port`, and messages about those that are not available. */
  otlp: { http: string | undefined; grpc: string | undefined; missing: string[] };
  /** @internal For the tests; not in the published declarations. */
  store: TraceStore;
  /** Accepts segments from a tracer in this process. */
  emitter: LocalXrayEmitter;
  /** The size in bytes of the kernel's receive buffer. */
  udpBufferBytes: number;
  /** Writes everything to the file, then releases the address and the file. */
  close(): Promise<void>;
}

/**
 * Starts local X-Ray.
 *
 * @throws AddressError if the port is in use, DatabaseError if the database cannot be used, OptionError for an invalid
 *   option. Everything that was opened is closed again.
 */
export async function startLocalXray(options: LocalXrayOptions = {}): Promise<LocalXray> {
  const resolved = resolveOptions(options);
  const store = await TraceStore.open(resolved);
  const app = await createApp(resolved, store);
  try {
    const { port, udp } = await listen(app, resolved, store);
    const address = `${resolved.host.includes(':') ? `[${resolved.host}]` : resolved.host}:${port}`;
    const otlp = await openOtlpAddresses(app, resolved).catch(async (error: unknown) => {
      await udp.close();
      throw error;
    });
    const status = app.get(StatusService);
    status.address = address;
    status.otlp = { http: otlp.http, grpc: otlp.grpc };
    status.ready = true;
    const emitter = new LocalXrayEmitter(store.ingest);
    return {
      host: resolved.host,
      port,
      address,
      otlp,
      store,
      emitter,
      udpBufferBytes: udp.bufferBytes,
      close: async () => {
        await otlp.close();
        await udp.close();
        await emitter.close();
        await app.close();
        await store.close();
      },
    };
  } catch (error) {
    await app.close();
    await store.close();
    throw error;
  }
}

async function createApp(
  options: ResolvedOptions,
  store: TraceStore,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ServerModule.with(options, store), {
    logger: ['error', 'fatal'],
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(hostGuard([...options.allowedHosts, options.host]));
  app.use(securityHeaders);
  app.useBodyParser('raw', { type: () => true, limit: MAX_BODY_BYTES });
  app.use(explainBodyError);
  app.useStaticAssets(options.viewer, { index: false, redirect: false });
  app.useGlobalFilters(new XrayErrorFilter());
  await app.init();
  return app;
}

/** Opens TCP and UDP on one port. If a free TCP port is in use for UDP, tries another. */
async function listen(
  app: NestExpressApplication,
  { host, port }: ResolvedOptions,
  store: TraceStore,
): Promise<{ port: number; udp: UdpReceiver }> {
  // Not app.listen(): it also logs its errors, and the caller's message is better.
  const server: Server = app.getHttpServer();
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      // `localhost` may have two addresses; UDP and TCP must use the same one.
      const { address } = await lookup(host, { family: isIPv6(host) ? 6 : 4 });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, address, () => {
          server.off('error', reject);
          resolve();
        });
      });
      const actual = (server.address() as AddressInfo).port;
      return { port: actual, udp: await UdpReceiver.bind(address, actual, store) };
    } catch (error) {
      if (port !== 0 || attempt === 5) throw addressError(error, host, port);
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

function openOtlpAddresses(
  app: NestExpressApplication,
  options: ResolvedOptions,
): Promise<OtlpAddresses> {
  const handler = app.getHttpAdapter().getInstance() as RequestListener;
  return openOtlp(options, handler, app.get(OtlpExports));
}

function addressError(error: unknown, host: string, port: number): Error {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const protocol = syscall === 'bind' ? 'UDP' : 'TCP';
  if (code === 'EADDRINUSE') {
    return new AddressError(
      `Local X-Ray cannot listen on ${host}:${port} (${protocol}): the port is in use, perhaps by an X-Ray daemon or ` +
        'another local X-Ray. Stop it, or choose another address with XRAY_LOCAL_ADDRESS or --address.',
    );
  }
  return new AddressError(
    `Local X-Ray cannot listen on ${host}:${port} (${protocol}): ${(error as Error).message}. ` +
      'Choose another address with XRAY_LOCAL_ADDRESS or --address.',
  );
}
