import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { XrayService } from 'nestjs-xray';
import { CRUDDUR_CONFIG, type CruddurConfig } from '../cruddur.config';
import { JsonErrorFilter } from './json-error.filter';
import { RollbarFilter } from './rollbar.filter';

/** Errors answered in JSON, and with ROLLBAR_ACCESS_TOKEN reported; without it, Rollbar's library is not even loaded. */
@Module({
  providers: [
    {
      provide: APP_FILTER,
      inject: [CRUDDUR_CONFIG, XrayService],
      useFactory: (config: CruddurConfig, xray: XrayService) =>
        config.rollbarToken === undefined
          ? new JsonErrorFilter(xray)
          : RollbarFilter.open(config.rollbarToken, config, xray),
    },
  ],
})
export class ErrorsModule {}
