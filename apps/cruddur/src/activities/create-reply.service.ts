import { Injectable, NotFoundException } from '@nestjs/common';
import { Subsegment } from 'nestjs-xray';
import { ValidationException } from '../errors/validation.exception';
import { Notifier } from '../notifications/notifier';
import { ActivitiesRepository } from './activities.repository';
import type { ReplyDto } from './activity.dto';
import { presentReply } from './activity.presenter';
import { REPLY_MAX_CHARS } from './limits';
import { handleProblem, messageProblem, refuse, uuidProblem } from './validation';

/** Answers a crud. */
@Injectable()
export class CreateReply {
  constructor(
    private readonly activities: ActivitiesRepository,
    private readonly notifier: Notifier,
  ) {}

  /**
   * @throws ValidationException `user_handle_blank`, `user_handle_unknown`, `activity_uuid_invalid`,
   *   `message_blank`, `message_exceed_max_chars`
   * @throws NotFoundException when the activity is not there, or has expired
   */
  @Subsegment()
  async run(message: unknown, handle: string, activityUuid: string): Promise<ReplyDto> {
    refuse(
      handleProblem(handle, 'user_handle_blank'),
      uuidProblem(activityUuid),
      messageProblem(message, REPLY_MAX_CHARS),
    );
    const parent = await this.activities.byUuid(activityUuid);
    if (parent === undefined) throw new NotFoundException(`There is no activity ${activityUuid}.`);

    const reply = await this.activities.reply(activityUuid, { handle, message: message as string });
    if (reply === undefined) throw new ValidationException(['user_handle_unknown']);
    await this.notifier.replyCreated(reply, parent);
    return presentReply(reply);
  }
}
