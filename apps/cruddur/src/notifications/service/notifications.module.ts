import { Module } from '@nestjs/common';
import { XrayModule, type Emitter } from 'nestjs-xray';
import { ConfigModule } from '../../config.module';
import { CRUDDUR_CONFIG, type CruddurConfig } from '../../cruddur.config';
import { poolOpener } from '../../database/pool-opener';
import { TRACE_EMITTER, tracingOptions } from '../../tracing/tracing.options';
import { NotificationsController } from './notifications.controller';
import { NotificationsDatabase } from './notifications.database';
import { NotificationsService } from './notifications.service';

/** The notifications service: the second node on the service map. */
@Module({
  imports: [
    ConfigModule,
    XrayModule.forRootAsync({
      inject: [CRUDDUR_CONFIG, TRACE_EMITTER],
      useFactory: (config: CruddurConfig, emitter?: Emitter) =>
        tracingOptions('notifications', config, emitter),
    }),
  ],
  controllers: [NotificationsController],
  providers: [poolOpener, NotificationsDatabase, NotificationsService],
})
export class NotificationsModule {}
