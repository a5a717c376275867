import type { Generated } from 'kysely';

/** The types of the tables for Kysely; the migrations create the tables. */
export interface CruddurSchema {
  users: UsersTable;
  activities: ActivitiesTable;
}

export interface UsersTable {
  uuid: Generated<string>;
  handle: string;
  display_name: string;
  created_at: Generated<Date>;
}

export interface ActivitiesTable {
  uuid: Generated<string>;
  user_uuid: string;
  message: string;
  reply_to_activity_uuid: string | null;
  replies_count: Generated<number>;
  reposts_count: Generated<number>;
  likes_count: Generated<number>;
  /** Null: never, as for replies and some of the seed rows. */
  expires_at: Date | null;
  created_at: Generated<Date>;
}
