import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { XrayService } from 'nestjs-xray';
import { CRUDDUR_CONFIG, type CruddurConfig } from '../cruddur.config';
import { InputPipe } from './input.pipe';
import { JsonErrorFilter } from './json-error.filter';
import { RollbarFilter } from './rollbar.filter';

/** Validates input, responds to errors in JSON and, with ROLLBAR_ACCESS_TOKEN, reports them to Rollbar. */
@Module({
  providers: [
    { provide: APP_PIPE, useClass: InputPipe },
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
