import { ApiProperty } from '@nestjs/swagger';
import type { Reason } from '../notifications/protocol';
import { MESSAGE_MAX_CHARS, REPLY_MAX_CHARS, TTL_HOURS } from './limits';

/** A reply, as the bootcamp's API gives it. */
export class ReplyDto {
  @ApiProperty({ format: 'uuid' }) uuid!: string;
  @ApiProperty({ example: 'andrewbrown' }) handle!: string;
  @ApiProperty({ example: 'Andrew Brown' }) display_name!: string;
  @ApiProperty({ example: 'Cloud is fun!' }) message!: string;
  @ApiProperty({ format: 'uuid', nullable: true, type: String })
  reply_to_activity_uuid!: string | null;
  @ApiProperty() likes_count!: number;
  @ApiProperty() replies_count!: number;
  @ApiProperty() reposts_count!: number;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ format: 'date-time', nullable: true, type: String, description: 'Null: never.' })
  expires_at!: string | null;
}

/** An activity with the replies to it, oldest first. */
export class ActivityDto extends ReplyDto {
  @ApiProperty({ type: [ReplyDto] }) replies!: ReplyDto[];
}

/** An activity that the acting user is told of, and why. */
export class NotificationDto extends ActivityDto {
  @ApiProperty({ enum: ['mention', 'reply'] }) reason!: Reason;
}

/** What `POST /api/activities` takes. */
export class CreateActivityDto {
  @ApiProperty({ maxLength: MESSAGE_MAX_CHARS }) message!: string;
  @ApiProperty({ enum: Object.keys(TTL_HOURS) }) ttl!: string;
}

/** What `POST /api/activities/:uuid/reply` takes. */
export class CreateReplyDto {
  @ApiProperty({ maxLength: REPLY_MAX_CHARS }) message!: string;
}
