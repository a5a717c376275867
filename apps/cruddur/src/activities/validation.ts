import { ValidationException } from '../errors/validation.exception';
import { HANDLE_MAX_CHARS } from './limits';

/**
 * What the services check themselves: a handle comes from the path or a header, and the code for a blank
 * one depends on the service.
 *
 * @param blank `user_handle_blank`, or the article's `blank_user_handle`
 * @throws ValidationException
 */
export function requireHandle(handle: string, blank: string): void {
  const problem = handleProblem(handle, blank);
  if (problem !== undefined) throw new ValidationException([problem]);
}

function handleProblem(handle: string, blank: string): string | undefined {
  if (handle.trim() === '') return blank;
  if (handle.length > HANDLE_MAX_CHARS && [...handle].length > HANDLE_MAX_CHARS) {
    return 'user_handle_exceed_max_chars';
  }
  return handle.includes('\0') ? 'user_handle_invalid_chars' : undefined;
}
