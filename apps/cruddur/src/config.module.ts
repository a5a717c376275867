import { Global, Module } from '@nestjs/common';
import { CRUDDUR_CONFIG, readConfig } from './cruddur.config';
import { TRACE_EMITTER } from './tracing/tracing.options';

/** Configuration: the environment variables and, in tests, the emitter. */
@Global()
@Module({
  providers: [
    { provide: CRUDDUR_CONFIG, useFactory: () => readConfig() },
    { provide: TRACE_EMITTER, useFactory: () => undefined },
  ],
  exports: [CRUDDUR_CONFIG, TRACE_EMITTER],
})
export class ConfigModule {}
