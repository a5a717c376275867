/** The messages between Cruddur and the notifications service, over TCP. */
export const PATTERNS = {
  /** Request: {@link ListNotifications}, answered with {@link NotificationMessage}s. */
  list: 'notifications.list',
  /** Event: {@link Activity}. */
  activityCreated: 'activity.created',
  /** Event: {@link Reply}. */
  replyCreated: 'reply.created',
} as const;

/** An activity that somebody wrote. */
export interface Activity {
  uuid: string;
  handle: string;
  message: string;
}

/** A reply, with the author it replies to. */
export interface Reply extends Activity {
  repliesTo: string;
}

export interface ListNotifications {
  /** Whose notifications. */
  handle: string;
}

/** Why a user gets a notification about an activity. */
export type Reason = 'mention' | 'reply';

/** One notification in a message. */
export interface NotificationMessage {
  activity_uuid: string;
  reason: Reason;
  /** ISO 8601. */
  created_at: string;
}

/** The error that the service responds with. */
export interface Failure {
  /** Whether the same request may succeed in a moment. */
  unavailable: boolean;
  message: string;
}
