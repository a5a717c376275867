import { sql, type Generated, type Kysely, type Migration } from 'kysely';
import type { Reason } from '../protocol';

/** The one table of the notifications service. It knows activities and people by name only: they are Cruddur's. */
export interface NotificationsSchema {
  notifications: {
    uuid: Generated<string>;
    /** The recipient's handle. */
    recipient: string;
    activity_uuid: string;
    reason: Reason;
    created_at: Generated<Date>;
  };
}

/** By name, in the order they run; in a schema of their own, so that one server can hold both services. */
export const notificationsMigrations: Record<string, Migration> = {
  '001-notifications': {
    async up(db: Kysely<unknown>) {
      await sql`
        create table notifications.notifications (
          uuid uuid primary key default gen_random_uuid(),
          recipient text not null,
          activity_uuid uuid not null,
          reason text not null check (reason in ('mention', 'reply')),
          created_at timestamptz not null default now(),
          unique (recipient, activity_uuid)
        )
      `.execute(db);
    },
    async down(db: Kysely<unknown>) {
      await sql`drop table notifications.notifications`.execute(db);
    },
  },
  /** The replies among Cruddur's seed rows. */
  '002-seed': {
    async up(db: Kysely<unknown>) {
      await sql`
        insert into notifications.notifications (recipient, activity_uuid, reason, created_at) values
          ('andrewbrown', '26e12864-1c26-4c3a-9658-97a10f8fea67', 'reply', now() - interval '47 hours'),
          ('andrewbrown', '26e12864-1c26-4c3a-9658-97a10f8fea68', 'reply', now() - interval '40 hours'),
          ('worf', '26e12864-1c26-4c3a-9658-97a10f8fea69', 'reply', now() - interval '6 days'),
          ('bayko', '26e12864-1c26-4c3a-9658-97a10f8fea70', 'reply', now() - interval '8 hours')
      `.execute(db);
    },
    async down(db: Kysely<unknown>) {
      await sql`truncate notifications.notifications`.execute(db);
    },
  },
};
