import { Inject, Injectable } from '@nestjs/common';
import { Database } from './database';
import { POOL_OPENER, type PoolOpener } from './pool-opener';
import { cruddurMigrations } from './migrations';
import type { CruddurSchema } from './schema';

/** Users and activities. */
@Injectable()
export class CruddurDatabase extends Database<CruddurSchema> {
  constructor(@Inject(POOL_OPENER) open: PoolOpener) {
    super({ open: () => open('cruddur'), migrations: cruddurMigrations, schema: 'public' });
  }
}
