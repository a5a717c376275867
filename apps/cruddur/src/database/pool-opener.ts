import { CRUDDUR_CONFIG, type CruddurConfig } from '../cruddur.config';
import { openEmbedded } from './embedded';
import { openServer, type OpenPool } from './pool';

/** Injects a {@link PoolOpener}; tests put their own in its place. */
export const POOL_OPENER = Symbol('cruddur.pool-opener');

/** Opens the pool of the service called `name`: a real server by `DATABASE_URL`, else an embedded one. */
export type PoolOpener = (name: string) => Promise<OpenPool>;

/** Where pools come from, for Cruddur and for notifications alike. */
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
