import { Module } from '@nestjs/common';
import { CruddurDatabase } from './cruddur.database';
import { poolOpener } from './pool-opener';

/** Cruddur's own database. */
@Module({ providers: [poolOpener, CruddurDatabase], exports: [CruddurDatabase] })
export class DatabaseModule {}
