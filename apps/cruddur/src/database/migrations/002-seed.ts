import { sql, type Kysely, type Migration } from 'kysely';

/** The people of the bootcamp's demo, what they said, and a few replies; ages are relative to the migration. */
export const seed: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      insert into users (handle, display_name) values
        ('andrewbrown', 'Andrew Brown'),
        ('bayko', 'Andrew Bayko'),
        ('worf', 'Worf'),
        ('garek', 'Garek'),
        ('londo', 'Londo Mollari')
    `.execute(db);

    await sql`
      insert into activities (uuid, user_uuid, message, likes_count, reposts_count, created_at)
      select row.uuid::uuid, users.uuid, row.message, row.likes, row.reposts, now() - row.age::interval
      from (values
        ('68f126b0-1ceb-4a33-88be-d90fa7109eee', 'andrewbrown', 'Cloud is fun!', 5, 1, '2 days'),
        ('66e12864-8c26-4c3a-9658-95a10f8fea67', 'worf', 'I am out of prune juice', 0, 0, '7 days'),
        ('248959df-3079-4947-b847-9e0892d1bab4', 'garek', 'My dear doctor, I am just a simple tailor', 3, 0, '1 hour'),
        ('0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b01', 'andrewbrown', 'Week two: every request leaves a trace now', 9, 4, '20 hours'),
        ('0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b02', 'bayko', 'Which subsegment ate my morning?', 2, 0, '9 hours'),
        ('0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b03', 'londo', 'My shoes are too tight', 7, 2, '3 days'),
        ('0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b04', 'worf', 'Good tea. Nice house.', 11, 3, '4 days'),
        ('0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b05', 'bayko', 'Docker compose is up, all of it, at the first try', 6, 1, '30 hours'),
        ('0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b06', 'garek', 'The truth is usually just an excuse for a lack of imagination', 4, 1, '5 days'),
        ('0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b07', 'andrewbrown', 'Sampling: five a second, then one in ten', 1, 0, '12 hours'),
        ('0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b08', 'londo', 'There comes a time when you look into the mirror', 0, 0, '6 days'),
        ('0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b09', 'worf', 'Today is a good day to deploy', 13, 5, '90 minutes')
      ) as row (uuid, handle, message, likes, reposts, age)
      join users on users.handle = row.handle
    `.execute(db);

    await sql`
      insert into activities (uuid, user_uuid, message, reply_to_activity_uuid, created_at)
      select row.uuid::uuid, users.uuid, row.message, row.parent::uuid, now() - row.age::interval
      from (values
        ('26e12864-1c26-4c3a-9658-97a10f8fea67', 'worf', 'This post has no honor!', '68f126b0-1ceb-4a33-88be-d90fa7109eee', '47 hours'),
        ('26e12864-1c26-4c3a-9658-97a10f8fea68', 'bayko', 'It is fun until the bill comes', '68f126b0-1ceb-4a33-88be-d90fa7109eee', '40 hours'),
        ('26e12864-1c26-4c3a-9658-97a10f8fea69', 'garek', 'Have you tried turning the replicator off and on?', '66e12864-8c26-4c3a-9658-95a10f8fea67', '6 days'),
        ('26e12864-1c26-4c3a-9658-97a10f8fea70', 'andrewbrown', 'The one with the query in the loop', '0d3c9a52-6f0f-4a52-8f1e-2d5f5a3c7b02', '8 hours')
      ) as row (uuid, handle, message, parent, age)
      join users on users.handle = row.handle
    `.execute(db);

    await sql`
      update activities set replies_count = replies.count
      from (
        select reply_to_activity_uuid as parent, count(*)::integer as count
        from activities where reply_to_activity_uuid is not null group by 1
      ) as replies
      where activities.uuid = replies.parent
    `.execute(db);
  },

  async down(db: Kysely<unknown>) {
    await sql`truncate activities, users`.execute(db);
  },
};
