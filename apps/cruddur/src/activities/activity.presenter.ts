import type { ActivityRow } from './activities.repository';
import type { ActivityDto, ReplyDto } from './activity.dto';

/** A row as the bootcamp's API gives a reply. */
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

/** A row as the bootcamp's API gives an activity, with those of `replies` that answer it. */
export function present(row: ActivityRow, replies: ActivityRow[] = []): ActivityDto {
  return {
    ...presentReply(row),
    replies: replies.filter((reply) => reply.reply_to_activity_uuid === row.uuid).map(presentReply),
  };
}
