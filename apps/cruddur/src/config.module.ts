import { Global, Module } from '@nestjs/common';
import { CRUDDUR_CONFIG, readConfig } from './cruddur.config';
import { TRACE_EMITTER } from './tracing/tracing.options';

/** What comes from outside: the environment, and (in tests) where traces go. */
@Global()
@Module({
  providers: [
    { provide: CRUDDUR_CONFIG, useFactory: () => readConfig() },
    { provide: TRACE_EMITTER, useFactory: () => undefined },
  ],
  exports: [CRUDDUR_CONFIG, TRACE_EMITTER],
})
export class ConfigModule {}
