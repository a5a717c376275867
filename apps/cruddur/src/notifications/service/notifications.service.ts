import { Injectable } from '@nestjs/common';
import { Subsegment, XrayService } from 'nestjs-xray';
import type { Activity, NotificationMessage, Reason, Reply } from '../protocol';
import { NotificationsDatabase } from './notifications.database';

/** The most users that one activity notifies by mentions, and the most notifications shown. */
const MENTIONS = 10;
const PAGE = 50;

/** Decides who is notified of an activity, and stores the notifications. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly database: NotificationsDatabase,
    private readonly xray: XrayService,
  ) {}

  /** The newest notifications of `handle` first. */
  @Subsegment<[handle: string], NotificationMessage[]>({
    metadata: ([handle], found) => ({ notifications: { handle, results: found?.length } }),
  })
  async list(handle: string): Promise<NotificationMessage[]> {
    const rows = await this.database.ready
      .selectFrom('notifications')
      .select(['activity_uuid', 'reason', 'created_at'])
      .where('recipient', '=', handle)
      .orderBy('created_at', 'desc')
      .limit(PAGE)
      .execute();
    return rows.map((row) => ({ ...row, created_at: row.created_at.toISOString() }));
  }

  /** Notifies every user that the message mentions and, for a reply, the author it answers, but nobody about their own messages. */
  @Subsegment()
  async remember(activity: Activity | Reply): Promise<void> {
    const recipients = new Map<string, Reason>();
    for (const [, handle] of activity.message.matchAll(/@(\w+)/g)) {
      if (handle !== undefined && recipients.size < MENTIONS) recipients.set(handle, 'mention');
    }
    if ('repliesTo' in activity) recipients.set(activity.repliesTo, 'reply');
    recipients.delete(activity.handle);
    this.xray.annotate('recipients', recipients.size);
    if (recipients.size === 0) return;

    await this.database.ready
      .insertInto('notifications')
      .values(
        [...recipients].map(([recipient, reason]) => ({
          recipient,
          reason,
          activity_uuid: activity.uuid,
        })),
      )
      .onConflict((conflict) => conflict.doNothing()) // an event may come twice
      .execute();
  }
}
