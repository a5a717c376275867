import { Injectable } from '@nestjs/common';
import { Subsegment, XrayService } from 'nestjs-xray';
import { ValidationException } from '../errors/validation.exception';
import { Notifier } from '../notifications/notifier';
import { ActivitiesRepository } from './activities.repository';
import type { ActivityDto } from './activity.dto';
import { present } from './activity.presenter';
import { MESSAGE_MAX_CHARS, TTL_HOURS, type Ttl } from './limits';
import { handleProblem, messageProblem, refuse, ttlProblem } from './validation';

const HOUR_MS = 3_600_000;

/** Writes a crud. */
@Injectable()
export class CreateActivity {
  constructor(
    private readonly activities: ActivitiesRepository,
    private readonly notifier: Notifier,
    private readonly xray: XrayService,
  ) {}

  /**
   * @throws ValidationException `user_handle_blank`, `user_handle_unknown`, `message_blank`,
   *   `message_exceed_max_chars`, `ttl_blank`
   */
  @Subsegment()
  async run(message: unknown, handle: string, ttl: unknown): Promise<ActivityDto> {
    refuse(
      ttlProblem(ttl),
      handleProblem(handle, 'user_handle_blank'),
      messageProblem(message, MESSAGE_MAX_CHARS),
    );
    this.xray.annotate('ttl', ttl as Ttl);

    const created = await this.activities.create({
      handle,
      message: message as string,
      expiresAt: new Date(Date.now() + TTL_HOURS[ttl as Ttl] * HOUR_MS),
    });
    if (created === undefined) throw new ValidationException(['user_handle_unknown']);
    await this.notifier.activityCreated(created);
    return present(created);
  }
}
