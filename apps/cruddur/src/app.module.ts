import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { XrayModule, type Emitter } from 'nestjs-xray';
import { ActivitiesModule } from './activities/activities.module';
import { ConfigModule } from './config.module';
import { CRUDDUR_CONFIG, type CruddurConfig } from './cruddur.config';
import { ErrorsModule } from './errors/errors.module';
import { HealthModule } from './health/health.module';
import { MistakesModule } from './mistakes/mistakes.module';
import { ActingUserMiddleware } from './tracing/acting-user.middleware';
import { TraceLinkMiddleware } from './tracing/trace-link.middleware';
import { TRACE_EMITTER, tracingOptions } from './tracing/tracing.options';

/** Cruddur's backend: the Activities API, traced. */
@Module({
  imports: [
    ConfigModule,
    XrayModule.forRootAsync({
      inject: [CRUDDUR_CONFIG, TRACE_EMITTER],
      useFactory: (config: CruddurConfig, emitter?: Emitter) =>
        tracingOptions('backend-nest', config, emitter),
    }),
    ErrorsModule,
    ActivitiesModule,
    HealthModule,
    MistakesModule,
  ],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(TraceLinkMiddleware, ActingUserMiddleware).forRoutes('{*path}');
  }
}
