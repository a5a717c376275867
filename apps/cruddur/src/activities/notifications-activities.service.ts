import { Injectable } from '@nestjs/common';
import { Subsegment } from 'nestjs-xray';
import { Notifier } from '../notifications/notifier';
import { ActivitiesRepository } from './activities.repository';
import type { NotificationDto } from './activity.dto';
import { present } from './activity.presenter';
import { requireHandle } from './validation';

/** The acting user's notifications: replies to them and mentions of them, newest first. */
@Injectable()
export class NotificationsActivities {
  constructor(
    private readonly notifier: Notifier,
    private readonly activities: ActivitiesRepository,
  ) {}

  /**
   * @throws ValidationException `user_handle_blank`
   * @throws ServiceUnavailableException when the notifications service does not respond
   */
  @Subsegment()
  async run(handle: string): Promise<NotificationDto[]> {
    requireHandle(handle, 'user_handle_blank');
    const notifications = await this.notifier.list(handle);
    const rows = await this.activities.byUuids(notifications.map((item) => item.activity_uuid));
    return notifications.flatMap(({ activity_uuid, reason }) => {
      const row = rows.find(({ uuid }) => uuid === activity_uuid);
      return row === undefined ? [] : [{ ...present(row), reason }]; // none: it has expired
    });
  }
}
