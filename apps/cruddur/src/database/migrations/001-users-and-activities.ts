import { sql, type Kysely, type Migration } from 'kysely';

/** Users, their activities and the replies to them, close to the bootcamp's `schema.sql`. */
export const usersAndActivities: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('users')
      .addColumn('uuid', 'uuid', (column) => column.primaryKey().defaultTo(sql`gen_random_uuid()`))
      .addColumn('handle', 'text', (column) => column.notNull().unique())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();

    await db.schema
      .createTable('activities')
      .addColumn('uuid', 'uuid', (column) => column.primaryKey().defaultTo(sql`gen_random_uuid()`))
      .addColumn('user_uuid', 'uuid', (column) => column.notNull().references('users.uuid'))
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('reply_to_activity_uuid', 'uuid', (column) => column.references('activities.uuid'))
      .addColumn('replies_count', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('reposts_count', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('likes_count', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('expires_at', 'timestamptz')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();

    await db.schema
      .createIndex('activities_by_user')
      .on('activities')
      .columns(['user_uuid', 'created_at'])
      .execute();
    await db.schema
      .createIndex('activities_by_parent')
      .on('activities')
      .columns(['reply_to_activity_uuid', 'created_at'])
      .execute();
  },

  async down(db: Kysely<unknown>) {
    await db.schema.dropTable('activities').execute();
    await db.schema.dropTable('users').execute();
  },
};
