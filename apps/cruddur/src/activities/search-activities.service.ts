import { Injectable } from '@nestjs/common';
import { Subsegment } from 'nestjs-xray';
import { ActivitiesRepository } from './activities.repository';
import type { ActivityDto } from './activity.dto';
import { present } from './activity.presenter';

/** Finds activities and replies whose message contains a text. */
@Injectable()
export class SearchActivities {
  constructor(private readonly activities: ActivitiesRepository) {}

  @Subsegment<[term: string], ActivityDto[]>({
    metadata: ([term], found) => ({ search: { term, results: found?.length } }),
  })
  async run(term: string): Promise<ActivityDto[]> {
    const rows = await this.activities.containing(term);
    return rows.map((row) => present(row));
  }
}
