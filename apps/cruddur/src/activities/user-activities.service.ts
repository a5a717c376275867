import { Injectable, NotFoundException } from '@nestjs/common';
import { Annotation, Metadata, Subsegment, XrayService } from 'nestjs-xray';
import { ActivitiesRepository } from './activities.repository';
import type { ActivityDto } from './activity.dto';
import { present } from './activity.presenter';
import { requireHandle } from './validation';

const NAMESPACE = 'user_activities';

/**
 * What one user wrote: the service of the article, `user_activities.py`, with the same subsegments,
 * annotation and metadata. There it takes a try, a finally and four calls to begin and end them.
 */
@Injectable()
export class UserActivities {
  constructor(
    private readonly activities: ActivitiesRepository,
    private readonly xray: XrayService,
  ) {}

  /**
   * @throws ValidationException `blank_user_handle`
   * @throws NotFoundException when no user has the handle
   */
  @Subsegment('user_activities_start')
  async run(
    handle: string,
    @Metadata('method', 'http') _method: string,
    @Annotation('url') @Metadata('url', 'http') _url: string,
  ): Promise<ActivityDto[]> {
    const now = new Date().toISOString();
    this.xray.metadata('now', { now }, NAMESPACE);
    requireHandle(handle, 'blank_user_handle');

    const found = await this.load(handle, now);
    this.xray.metadata('now', { now, results: found.length }, NAMESPACE);
    return found;
  }

  @Subsegment('user_activities_nested_subsegment')
  private async load(handle: string, now: string): Promise<ActivityDto[]> {
    const rows = await this.activities.byHandle(handle);
    if (rows.length === 0 && !(await this.activities.userExists(handle))) {
      throw new NotFoundException(`No user on Cruddur has the handle @${handle}.`);
    }
    this.xray.metadata('results', { now, results: rows.length }, NAMESPACE);
    return rows.map((row) => present(row));
  }
}
