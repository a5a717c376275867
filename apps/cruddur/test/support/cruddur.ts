import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { AppModule } from '../../src/app.module';
import { configureApp } from '../../src/create-app';
import { CRUDDUR_CONFIG, readConfig, type CruddurConfig } from '../../src/cruddur.config';
import { POOL_OPENER, type PoolOpener } from '../../src/database/pool-opener';
import { TRACE_EMITTER } from '../../src/tracing/tracing.options';

// Databases are made and servers started before the tests, on machines that may be busy.
jest.setTimeout(120_000);

/** One subsegment or segment, as far as tests look at it. */
export type Node = MemoryEmitter['documents'][number];

/** Parts of Cruddur that a test puts its own in place of. */
export interface Replacements {
  config?: Partial<CruddurConfig>;
  providers?: [token: unknown, value: unknown][];
  /** Folder of the built page. Default: none is served. */
  page?: string;
}

/** A running Cruddur on a free port. */
export interface RunningCruddur {
  app: NestExpressApplication;
  url: string;
  xray: MemoryEmitter;
  close(): Promise<void>;
}

/** Where no notifications service is, even while `npm start` runs on this machine. */
const NOBODY = { host: '127.0.0.1', port: 1 };

/** Starts Cruddur on a database, with its traces kept in memory. */
export async function startCruddur(
  pools: PoolOpener,
  { config, providers = [], page }: Replacements = {},
): Promise<RunningCruddur> {
  const xray = new MemoryEmitter();
  let module = Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(CRUDDUR_CONFIG)
    .useValue({ ...readConfig({}), notifications: NOBODY, ...config })
    .overrideProvider(POOL_OPENER)
    .useValue(pools)
    .overrideProvider(TRACE_EMITTER)
    .useValue(xray);
  for (const [token, value] of providers) module = module.overrideProvider(token).useValue(value);

  const app = (await module.compile()).createNestApplication<NestExpressApplication>({
    logger: false,
  });
  await configureApp(app, page).listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), xray, close: () => app.close() };
}
