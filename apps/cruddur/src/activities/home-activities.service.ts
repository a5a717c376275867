import { Injectable } from '@nestjs/common';
import { Annotation, Subsegment } from 'nestjs-xray';
import { ActivitiesRepository, type ActivityRow } from './activities.repository';
import type { ActivityDto } from './activity.dto';
import { present } from './activity.presenter';

/** The feed: the activities of all users with their replies, newest first. */
@Injectable()
export class HomeActivities {
  constructor(private readonly activities: ActivitiesRepository) {}

  /** Runs two queries for any number of activities; with `nPlusOne`, one more query for each. */
  @Subsegment()
  async run(@Annotation('n_plus_one') nPlusOne: boolean): Promise<ActivityDto[]> {
    const rows = await this.activities.newest();
    const replies = nPlusOne ? await this.repliesOneByOne(rows) : await this.repliesAtOnce(rows);
    return rows.map((row) => present(row, replies));
  }

  @Subsegment()
  private repliesAtOnce(rows: ActivityRow[]): Promise<ActivityRow[]> {
    return this.activities.repliesTo(rows.map(({ uuid }) => uuid));
  }

  /** A deliberate mistake, to be found in the console: a query in a loop. */
  @Subsegment()
  private async repliesOneByOne(rows: ActivityRow[]): Promise<ActivityRow[]> {
    const replies: ActivityRow[] = [];
    for (const { uuid } of rows) {
      replies.push(...(await this.activities.repliesTo([uuid])));
    }
    return replies;
  }
}
