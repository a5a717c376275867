import { Injectable } from '@nestjs/common';
import { Subsegment, XrayService } from 'nestjs-xray';
import { ActivitiesRepository } from './activities.repository';
import type { ActivityDto } from './activity.dto';
import { present } from './activity.presenter';
import { refuse, termProblem } from './validation';

/** Activities and replies whose message contains a text. */
@Injectable()
export class SearchActivities {
  constructor(
    private readonly activities: ActivitiesRepository,
    private readonly xray: XrayService,
  ) {}

  /** @throws ValidationException `search_term_blank`, `search_term_exceed_max_chars`, `search_term_invalid_chars` */
  @Subsegment()
  async run(term: unknown): Promise<ActivityDto[]> {
    refuse(termProblem(term));
    const text = term as string;
    const rows = await this.activities.containing(text);
    this.xray.metadata('search', { term: text, results: rows.length }, 'search_activities');
    return rows.map((row) => present(row));
  }
}
