import { textOf } from './foreign-values';

/** X-Ray rejects a document if a name contains a single invalid character. */
const WRONG_IN_NAME = /[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu;
const SOUND_NAME = /^[\w.:/ -]{1,200}$/;

const MAX_NAME = 200;
/** How much of a long name is read, since most of it may have to be removed. */
const MAX_READ = 4 * MAX_NAME;

/** Returns at most 200 characters of `name`, without those that X-Ray rejects. */
export function safeName(name: string): string {
  const text = textOf(name);
  if (text.length <= MAX_NAME && SOUND_NAME.test(text)) return text;
  return text.slice(0, MAX_READ).replace(WRONG_IN_NAME, '').slice(0, MAX_NAME) || 'unnamed';
}
