/** X-Ray refuses a document for one wrong character in a name. */
const WRONG_IN_NAME = /[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu;
const SOUND_NAME = /^[\w.:/ -]{1,200}$/;

const MAX_NAME = 200;
/** What is looked at of a longer name, most of which may have to go. */
const MAX_READ = 4 * MAX_NAME;

/** `name` without the characters that X-Ray refuses, at most 200 of them. */
export function safeName(name: string): string {
  if (name.length <= MAX_NAME && SOUND_NAME.test(name)) return name;
  return String(name).slice(0, MAX_READ).replace(WRONG_IN_NAME, '').slice(0, MAX_NAME) || 'unnamed';
}
