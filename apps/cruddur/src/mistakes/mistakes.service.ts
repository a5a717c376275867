import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Subsegment } from 'nestjs-xray';
import { CruddurDatabase } from '../database/cruddur.database';

/** A word and how often it was counted. */
export interface WordCount {
  word: string;
  count: number;
}

/** Common mistakes, to be found in the console. */
@Injectable()
export class Mistakes {
  constructor(private readonly database: CruddurDatabase) {}

  /** Splits the newest messages into words 2,000 times, where once would be enough. */
  @Subsegment()
  async slowQuery(): Promise<WordCount[]> {
    const { rows } = await sql<WordCount>`
      select word, count(*)::integer as count
      from (select message from activities order by created_at desc limit 20) as newest,
        generate_series(1, 2000) as again,
        regexp_split_to_table(message, '\\s+') as word
      group by word order by count desc, word limit 10
    `.execute(this.database.ready);
    return rows;
  }

  /** Assumes that a user with the handle exists. */
  @Subsegment()
  async greet(handle: string): Promise<string> {
    const [user] = await this.database.ready
      .selectFrom('users')
      .select('display_name')
      .where('handle', '=', handle)
      .execute();
    return `Hello, ${user!.display_name}!`;
  }
}
