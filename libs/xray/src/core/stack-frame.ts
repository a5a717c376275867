import type { StackFrameDocument } from '../document';

const FRAME = /^\s*at (?:(.*?) \()?(?:file:\/\/)?(.+?):(\d+)(?::\d+)?\)?$/;

/** Reads one line of a stack as V8 writes it; source maps are honoured when Node has them on. */
export function parseFrame(line: string): StackFrameDocument | undefined {
  const match = FRAME.exec(line);
  if (!match) return undefined;
  const [, label, path, number] = match;
  return { path, line: Number(number), label: label?.replace(/^async /, '') ?? 'anonymous' };
}
