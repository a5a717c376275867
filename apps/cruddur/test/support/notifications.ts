import type { INestMicroservice } from '@nestjs/common';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { MemoryEmitter } from 'nestjs-xray/testing';
import type { AddressInfo, Server } from 'node:net';
import { CRUDDUR_CONFIG, readConfig } from '../../src/cruddur.config';
import { POOL_OPENER, type PoolOpener } from '../../src/database/pool-opener';
import { NotificationsModule } from '../../src/notifications/service/notifications.module';
import { TRACE_EMITTER } from '../../src/tracing/tracing.options';

/** A running notifications service. */
export interface RunningNotifications {
  host: string;
  port: number;
  xray: MemoryEmitter;
  close(): Promise<void>;
}

/** Starts the notifications service on a database and a free port, with its traces kept in memory. */
export async function startNotifications(
  pools: PoolOpener,
  port = 0,
): Promise<RunningNotifications> {
  const xray = new MemoryEmitter();
  const module = await Test.createTestingModule({ imports: [NotificationsModule] })
    .overrideProvider(CRUDDUR_CONFIG)
    .useValue(readConfig({}))
    .overrideProvider(POOL_OPENER)
    .useValue(pools)
    .overrideProvider(TRACE_EMITTER)
    .useValue(xray)
    .compile();
  const app: INestMicroservice = module.createNestMicroservice<MicroserviceOptions>({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
    logger: false,
  } as MicroserviceOptions);
  await app.listen();
  const server = app.unwrap<Server>();
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    xray,
    close: () => app.close(),
  };
}
