/** Limits in characters, as in the bootcamp's services. */
export const MESSAGE_MAX_CHARS = 280;
export const REPLY_MAX_CHARS = 1024;
/** The bootcamp does not limit these two. */
export const HANDLE_MAX_CHARS = 30;
export const TERM_MAX_CHARS = 100;

/** The lifetime of an activity in hours, by the bootcamp's names. */
export const TTL_HOURS = {
  '30-days': 720,
  '7-days': 168,
  '3-days': 72,
  '1-day': 24,
  '12-hours': 12,
  '3-hours': 3,
  '1-hour': 1,
} as const;

export type Ttl = keyof typeof TTL_HOURS;
