import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { CruddurDatabase } from '../database/cruddur.database';
import { Notifier } from '../notifications/notifier';

/** Shorter than the timeout of an orchestrator's health check. */
const TIMEOUT_MS = 2_000;

/** For containers and scripts that wait for Cruddur; not traced. */
@ApiTags('health')
@Controller('api/health-check')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: CruddurDatabase,
    private readonly notifier: Notifier,
  ) {}

  /** Liveness: that the process answers. Says nothing of the database: a restart would not bring it back. */
  @Get()
  @ApiOkResponse({ description: '{ "success": true }' })
  check(): { success: true } {
    return { success: true };
  }

  /**
   * Readiness: whether requests should be sent here. Without its database Cruddur can answer none of them;
   * without the notifications service all but those for notifications.
   */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () =>
        this.indicators
          .check('database')
          .attempt(() => this.database.ping())
          .withTimeout(TIMEOUT_MS),
      () => this.notifications(),
    ]);
  }

  private async notifications() {
    const indicator = this.indicators.check('notifications');
    const { notifications } = await indicator
      .attempt(() => this.notifier.ping())
      .withTimeout(TIMEOUT_MS);
    return notifications.status === 'up'
      ? indicator.up()
      : indicator.degraded('Activities are stored, but users get no notifications.');
  }
}
