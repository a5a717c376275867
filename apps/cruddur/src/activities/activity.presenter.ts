import type { ActivityRow } from './activities.repository';
import type { ActivityDto, ReplyDto } from './activity.dto';

/** Converts a row to a reply of the bootcamp's API. */
export function presentReply(row: ActivityRow): ReplyDto {
  return {
    uuid: row.uuid,
    handle: row.handle,
    display_name: row.display_name,
    message: row.message,
    reply_to_activity_uuid: row.reply_to_activity_uuid,
    likes_count: row.likes_count,
    replies_count: row.replies_count,
    reposts_count: row.reposts_count,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
  };
}

/** Converts a row to an activity of the bootcamp's API, with its replies from `replies`. */
export function present(row: ActivityRow, replies: ActivityRow[] = []): ActivityDto {
  return {
    ...presentReply(row),
    replies: replies.filter((reply) => reply.reply_to_activity_uuid === row.uuid).map(presentReply),
  };
}
