import { Injectable, NotFoundException } from '@nestjs/common';
import { Subsegment, XrayService } from 'nestjs-xray';
import { ActivitiesRepository } from './activities.repository';
import type { ActivityDto } from './activity.dto';
import { present } from './activity.presenter';
import type { RequestSummary } from './request-summary.decorator';
import { handleProblem, refuse } from './validation';

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
   * @throws NotFoundException when nobody has the handle
   */
  @Subsegment('user_activities_start')
  async run(handle: string, request: RequestSummary): Promise<ActivityDto[]> {
    const now = new Date().toISOString();
    this.xray.annotate('url', request.url);
    this.xray.metadata('method', request.method, 'http');
    this.xray.metadata('url', request.url, 'http');
    this.xray.metadata('now', { now }, NAMESPACE);
    refuse(handleProblem(handle, 'blank_user_handle'));

    const found = await this.load(handle, now);
    this.xray.metadata('now', { now, results: found.length }, NAMESPACE);
    return found;
  }

  @Subsegment('user_activities_nested_subsegment')
  private async load(handle: string, now: string): Promise<ActivityDto[]> {
    const rows = await this.activities.byHandle(handle);
    if (rows.length === 0 && !(await this.activities.userExists(handle))) {
      throw new NotFoundException(`Nobody on Cruddur has the handle @${handle}.`);
    }
    this.xray.metadata('results', { now, results: rows.length }, NAMESPACE);
    return rows.map((row) => present(row));
  }
}
