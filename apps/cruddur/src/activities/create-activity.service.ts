import { Injectable } from '@nestjs/common';
import { Annotation, Subsegment } from 'nestjs-xray';
import { ValidationException } from '../errors/validation.exception';
import { Notifier } from '../notifications/notifier';
import { ActivitiesRepository } from './activities.repository';
import type { ActivityDto } from './activity.dto';
import { present } from './activity.presenter';
import { TTL_HOURS, type Ttl } from './limits';
import { requireHandle } from './validation';

const HOUR_MS = 3_600_000;

/** Writes a crud. */
@Injectable()
export class CreateActivity {
  constructor(
    private readonly activities: ActivitiesRepository,
    private readonly notifier: Notifier,
  ) {}

  /** @throws ValidationException `user_handle_blank`, `user_handle_unknown` */
  @Subsegment()
  async run(message: string, handle: string, @Annotation() ttl: Ttl): Promise<ActivityDto> {
    requireHandle(handle, 'user_handle_blank');
    const created = await this.activities.create({
      handle,
      message,
      expiresAt: new Date(Date.now() + TTL_HOURS[ttl] * HOUR_MS),
    });
    if (created === undefined) throw new ValidationException(['user_handle_unknown']);
    await this.notifier.activityCreated(created);
    return present(created);
  }
}
