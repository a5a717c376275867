/** Matches the varying parts of a message: quoted text, numbers, ids and addresses. */
const VARIES =
  /https?:\/\/[^\s"'<>]+|[\w.+-]+@[\w-]+\.[\w.]+|(?<=')[^'\n]{1,80}(?=')|(?<=")[^"\n]{1,80}(?=")|(?<=`)[^`\n]{1,80}(?=`)|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\b[0-9a-f]{12,}\b|(?<![\w.])-?\d+(?:[.,]\d+)*/gi;

/** The placeholder for a varying part. */
export const HOLE = '\u{2026}';
const MAX_LENGTH = 500;

/** The message with placeholders for its varying parts: errors of one kind have the same shape. */
export function shapeOf(message: string): string {
  return message.slice(0, MAX_LENGTH).replace(VARIES, HOLE);
}
