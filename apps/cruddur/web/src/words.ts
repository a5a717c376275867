import { ApiError } from './api';

const WORDS: Record<string, string> = {
  blank_user_handle: 'Whose profile? The handle is blank.',
  user_handle_blank: 'Say who you are first: the handle is blank.',
  user_handle_unknown: 'No user on Cruddur has that handle. Choose another one at the top.',
  user_handle_exceed_max_chars: 'That handle is too long: 30 characters at most.',
  user_handle_invalid_chars: 'That handle has characters that cannot be stored.',
  message_blank: 'Write something first.',
  message_exceed_max_chars: 'That is too long.',
  message_invalid_chars: 'The message has characters that cannot be stored.',
  ttl_blank: 'Choose how long it should stay.',
  search_term_blank: 'Type what to look for.',
  search_term_exceed_max_chars: 'Too long to look for: 100 characters at most.',
  search_term_invalid_chars: 'No crud has such characters.',
  activity_uuid_invalid: 'That is not the id of a crud.',
};

/** What to tell a reader of an error: the API's codes in words, a code without words as it is. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  if (error.codes.length === 0) return error.message;
  return error.codes.map((code) => WORDS[code] ?? code).join(' ');
}

/** `now`, `14 min`, `3 h`, `2 d`: how long ago, or until when, in the largest unit that fits. */
export function span(from: number, to: number): string {
  const minutes = Math.max(0, Math.round((to - from) / 60_000));
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} d`;
}

/** `1 like`, `2 likes`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
