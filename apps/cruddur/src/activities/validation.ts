import { ValidationException } from '../errors/validation.exception';
import { HANDLE_MAX_CHARS, TERM_MAX_CHARS, TTL_HOURS, type Ttl } from './limits';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Throws the codes that are there, all at once. @throws ValidationException */
export function refuse(...codes: (string | undefined)[]): void {
  const found = codes.filter((code) => code !== undefined);
  if (found.length > 0) throw new ValidationException(found);
}

/** `user_handle_blank` and the like: what is wrong with a handle, undefined when nothing is. */
export function handleProblem(handle: string, blank: string): string | undefined {
  if (!isFilled(handle)) return blank;
  if (isLonger(handle, HANDLE_MAX_CHARS)) return 'user_handle_exceed_max_chars';
  return handle.includes('\0') ? 'user_handle_invalid_chars' : undefined;
}

/** The bootcamp's `message_blank` and `message_exceed_max_chars`. PostgreSQL stores no text with a NUL in it. */
export function messageProblem(message: unknown, maxChars: number): string | undefined {
  if (!isFilled(message)) return 'message_blank';
  if (isLonger(message, maxChars)) return 'message_exceed_max_chars';
  return message.includes('\0') ? 'message_invalid_chars' : undefined;
}

/** The bootcamp answers `ttl_blank` to a missing and to an unknown choice alike. */
export function ttlProblem(ttl: unknown): string | undefined {
  return isTtl(ttl) ? undefined : 'ttl_blank';
}

/** Narrows to the choices of {@link TTL_HOURS}. */
export function isTtl(ttl: unknown): ttl is Ttl {
  return typeof ttl === 'string' && Object.hasOwn(TTL_HOURS, ttl);
}

/** `search_term_blank`, or that it is longer than anybody searches for, or holds what no message can. */
export function termProblem(term: unknown): string | undefined {
  if (!isFilled(term)) return 'search_term_blank';
  if (isLonger(term, TERM_MAX_CHARS)) return 'search_term_exceed_max_chars';
  return term.includes('\0') ? 'search_term_invalid_chars' : undefined;
}

/** That an id in a path is one. */
export function uuidProblem(uuid: string): string | undefined {
  if (!isFilled(uuid)) return 'activity_uuid_blank';
  return UUID.test(uuid) ? undefined : 'activity_uuid_invalid';
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** Counts what a reader takes for characters, not UTF-16 halves: an emoji is one, as in Python. */
function isLonger(value: string, maxChars: number): boolean {
  return value.length > maxChars && [...value].length > maxChars;
}
