import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseModule } from '../database/database.module';
import { NotificationsClientModule } from '../notifications/notifications-client.module';
import { HealthController } from './health.controller';

/** Liveness and readiness. Failing checks are answered, not logged: whoever asks does so every few seconds. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), DatabaseModule, NotificationsClientModule],
  controllers: [HealthController],
})
export class HealthModule {}
