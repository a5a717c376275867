import { Injectable } from '@nestjs/common';
import { sql, type Kysely, type Selectable } from 'kysely';
import { CruddurDatabase } from '../database/cruddur.database';
import type { ActivitiesTable, CruddurSchema, UsersTable } from '../database/schema';

/** An activity with its author's name. */
export type ActivityRow = Selectable<ActivitiesTable> & Pick<UsersTable, 'handle' | 'display_name'>;

/** The stored fields of a new activity or reply. */
export interface NewActivity {
  handle: string;
  message: string;
  expiresAt: Date | null;
}

/** The most that a feed, a profile or a search shows. */
const PAGE = 50;

/** All queries on activities. They treat an expired activity as deleted. */
@Injectable()
export class ActivitiesRepository {
  constructor(private readonly database: CruddurDatabase) {}

  /** The newest activities of everybody, without the replies. */
  newest(): Promise<ActivityRow[]> {
    return this.live().where('reply_to_activity_uuid', 'is', null).limit(PAGE).execute();
  }

  /** The newest activities of one user, including replies. */
  byHandle(handle: string): Promise<ActivityRow[]> {
    return this.live().where('users.handle', '=', handle).limit(PAGE).execute();
  }

  /** Activities whose message contains `term`, ignoring case; `%` and `_` are not wildcards. */
  containing(term: string): Promise<ActivityRow[]> {
    const pattern = `%${term.replace(/[\\%_]/g, '\\$&')}%`;
    return this.live().where('message', 'ilike', pattern).limit(PAGE).execute();
  }

  /** One activity or reply. */
  byUuid(uuid: string): Promise<ActivityRow | undefined> {
    return this.live().where('activities.uuid', '=', uuid).executeTakeFirst();
  }

  /** The existing activities among `uuids`, in no particular order. */
  byUuids(uuids: string[]): Promise<ActivityRow[]> {
    if (uuids.length === 0) return Promise.resolve([]);
    return this.live().where('activities.uuid', 'in', uuids).execute();
  }

  /** The replies to all of `uuids`, oldest first. */
  repliesTo(uuids: string[]): Promise<ActivityRow[]> {
    if (uuids.length === 0) return Promise.resolve([]);
    return this.live('asc').where('reply_to_activity_uuid', 'in', uuids).execute();
  }

  /** Whether a user has this handle. */
  async userExists(handle: string): Promise<boolean> {
    const found = await this.db
      .selectFrom('users')
      .select('uuid')
      .where('handle', '=', handle)
      .executeTakeFirst();
    return found !== undefined;
  }

  /** Returns undefined if no user has the handle. */
  async create({ handle, message, expiresAt }: NewActivity): Promise<ActivityRow | undefined> {
    const { rows } = await sql<ActivityRow>`
      with author as (select * from users where handle = ${handle}),
      created as (
        insert into activities (user_uuid, message, expires_at)
        select uuid, ${message}, ${expiresAt} from author
        returning *
      )
      select created.*, author.handle, author.display_name from created, author
    `.execute(this.db);
    return rows[0];
  }

  /**
   * Stores the reply and increments its parent's counter, in one statement and so one transaction.
   * Returns undefined if no user has the handle or the parent no longer exists.
   */
  async reply(
    parent: string,
    { handle, message }: Omit<NewActivity, 'expiresAt'>,
  ): Promise<ActivityRow | undefined> {
    const { rows } = await sql<ActivityRow>`
      with author as (select * from users where handle = ${handle}),
      parent as (
        update activities set replies_count = replies_count + 1
        where uuid = ${parent} and exists (select 1 from author)
        returning uuid
      ),
      created as (
        insert into activities (user_uuid, message, reply_to_activity_uuid)
        select author.uuid, ${message}, parent.uuid from author, parent
        returning *
      )
      select created.*, author.handle, author.display_name from created, author
    `.execute(this.db);
    return rows[0];
  }

  private live(order: 'asc' | 'desc' = 'desc') {
    return this.db
      .selectFrom('activities')
      .innerJoin('users', 'users.uuid', 'activities.user_uuid')
      .selectAll('activities')
      .select(['users.handle', 'users.display_name'])
      .where((where) =>
        where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<Date>`now()`)]),
      )
      .orderBy('activities.created_at', order)
      .orderBy('activities.uuid');
  }

  private get db(): Kysely<CruddurSchema> {
    return this.database.ready;
  }
}
