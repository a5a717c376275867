/** X-Ray refuses a document for one wrong character in a name. */
const WRONG_IN_NAME = /[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu;
const SOUND_NAME = /^[\w.:/ -]{1,200}$/;

/** `name` without the characters that X-Ray refuses, at most 200 of them. */
export function safeName(name: string): string {
  if (SOUND_NAME.test(name)) return name;
  return String(name).replace(WRONG_IN_NAME, '').slice(0, 200) || 'unnamed';
}
