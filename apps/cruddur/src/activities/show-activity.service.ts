import { Injectable, NotFoundException } from '@nestjs/common';
import { Subsegment } from 'nestjs-xray';
import { ActivitiesRepository } from './activities.repository';
import type { ActivityDto } from './activity.dto';
import { present } from './activity.presenter';

/** One activity with its replies. */
@Injectable()
export class ShowActivity {
  constructor(private readonly activities: ActivitiesRepository) {}

  /** @throws NotFoundException when the activity does not exist or has expired */
  @Subsegment()
  async run(uuid: string): Promise<ActivityDto> {
    const row = await this.activities.byUuid(uuid);
    if (row === undefined) throw new NotFoundException(`There is no activity ${uuid}.`);
    return present(row, await this.activities.repliesTo([uuid]));
  }
}
