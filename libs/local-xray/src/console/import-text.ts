import { readJson } from '@nestjs-xray/document';
import { notJson, utf8Text } from '../http/input';

/**
 * The JSON in a file: one value, or an array of values that are one per line, as OpenTelemetry's
 * Collector writes its files.
 *
 * @throws XrayError naming the line and the character of the JSON error.
 */
export function readImport(body: Buffer | undefined): unknown {
  const text = utf8Text(body, 'This').replace(/^\ufeff/, '');
  try {
    return readJson(text);
  } catch {
    // Not one JSON value; perhaps one per line.
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2 || !isJson(lines[0]!)) throw notJson('This', text);
  return lines
    .map((line, index) => {
      try {
        return readJson(line);
      } catch {
        throw notJson(`Line ${index + 1} of those that are not empty`, line);
      }
    })
    .filter((value) => !isHeader(value));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The header line before a document in a datagram for the X-Ray daemon. */
function isHeader(value: unknown): boolean {
  const { format, version } = (value ?? {}) as Record<string, unknown>;
  return format === 'json' && version === 1;
}
