import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../database/database';
import { POOL_OPENER, type PoolOpener } from '../../database/pool-opener';
import { notificationsMigrations, type NotificationsSchema } from './notifications.schema';

/** The notifications of each user. When embedded, it is a separate database, because PGlite serves one process. */
@Injectable()
export class NotificationsDatabase extends Database<NotificationsSchema> {
  constructor(@Inject(POOL_OPENER) open: PoolOpener) {
    super({
      open: () => open('notifications'),
      migrations: notificationsMigrations,
      schema: 'notifications',
    });
  }
}
