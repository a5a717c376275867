import { Injectable, NotFoundException } from '@nestjs/common';
import { Subsegment } from 'nestjs-xray';
import { ValidationException } from '../errors/validation.exception';
import { Notifier } from '../notifications/notifier';
import { ActivitiesRepository } from './activities.repository';
import type { ReplyDto } from './activity.dto';
import { presentReply } from './activity.presenter';
import { requireHandle } from './validation';

/** Replies to a crud. */
@Injectable()
export class CreateReply {
  constructor(
    private readonly activities: ActivitiesRepository,
    private readonly notifier: Notifier,
  ) {}

  /**
   * @throws ValidationException `user_handle_blank`, `user_handle_unknown`
   * @throws NotFoundException when the activity does not exist or has expired
   */
  @Subsegment()
  async run(message: string, handle: string, activityUuid: string): Promise<ReplyDto> {
    requireHandle(handle, 'user_handle_blank');
    const parent = await this.activities.byUuid(activityUuid);
    if (parent === undefined) throw new NotFoundException(`There is no activity ${activityUuid}.`);

    const reply = await this.activities.reply(activityUuid, { handle, message });
    if (reply === undefined) throw new ValidationException(['user_handle_unknown']);
    await this.notifier.replyCreated(reply, parent);
    return presentReply(reply);
  }
}
