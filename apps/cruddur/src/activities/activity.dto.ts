import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn, Matches, MaxLength, NotContains } from 'class-validator';
import type { Reason } from '../notifications/protocol';
import { MESSAGE_MAX_CHARS, REPLY_MAX_CHARS, TERM_MAX_CHARS, TTL_HOURS, type Ttl } from './limits';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * A text that is there, is short enough, and that PostgreSQL can store, which takes no NUL. The messages
 * are the codes of the bootcamp, such as `message_blank`; the first that applies is the answer.
 */
const Text = (name: string, maxChars: number) =>
  applyDecorators(
    Matches(/\S/, { message: `${name}_blank` }),
    MaxLength(maxChars, { message: `${name}_exceed_max_chars` }),
    NotContains('\0', { message: `${name}_invalid_chars` }),
  );

const Uuid = () =>
  applyDecorators(
    Matches(/\S/, { message: 'activity_uuid_blank' }),
    Matches(UUID, { message: 'activity_uuid_invalid' }),
  );

/** A reply, as the bootcamp's API returns it. */
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

/** An activity that the acting user is notified about, with the reason. */
export class NotificationDto extends ActivityDto {
  @ApiProperty({ enum: ['mention', 'reply'] }) reason!: Reason;
}

/** The body of `POST /api/activities`. */
export class CreateActivityDto {
  /** The bootcamp returns `ttl_blank` for a missing and for an unknown value. */
  @ApiProperty({ enum: Object.keys(TTL_HOURS) })
  @IsIn(Object.keys(TTL_HOURS), { message: 'ttl_blank' })
  ttl!: Ttl;

  @ApiProperty({ maxLength: MESSAGE_MAX_CHARS })
  @Text('message', MESSAGE_MAX_CHARS)
  message!: string;
}

/** The body of `POST /api/activities/:uuid/reply`. */
export class CreateReplyDto {
  @ApiProperty({ maxLength: REPLY_MAX_CHARS })
  @Text('message', REPLY_MAX_CHARS)
  message!: string;
}

/** The query of `GET /api/activities/search`. */
export class SearchDto {
  @ApiProperty({ maxLength: TERM_MAX_CHARS, example: 'cloud' })
  @Text('search_term', TERM_MAX_CHARS)
  term!: string;
}

/** The path of one activity. */
export class ActivityPathDto {
  @ApiProperty({ format: 'uuid' })
  @Uuid()
  uuid!: string;
}
