import { CRUDDUR_CONFIG, type CruddurConfig } from '../cruddur.config';
import { openEmbedded } from './embedded';
import { openServer, type OpenPool } from './pool';

/** Injects a {@link PoolOpener}; tests replace it. */
export const POOL_OPENER = Symbol('cruddur.pool-opener');

/** Opens the pool of the service `name`: on the server of `DATABASE_URL`, or else an embedded one. */
export type PoolOpener = (name: string) => Promise<OpenPool>;

/** Provides the pools of Cruddur and of the notifications service. */
export const poolOpener = {
  provide: POOL_OPENER,
  inject: [CRUDDUR_CONFIG],
  useFactory:
    ({ databaseUrl, dataDirectory }: CruddurConfig): PoolOpener =>
    (name) =>
      databaseUrl === undefined
        ? openEmbedded(dataDirectory, name)
        : Promise.resolve(openServer(databaseUrl)),
};
