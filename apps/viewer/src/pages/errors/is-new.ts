import type { ErrorRow, ErrorTable } from 'local-xray/console-api';

/** Whether the error was first seen within the range, and not right at its beginning. */
export function isNew(row: ErrorRow, { from, width, slots }: ErrorTable): boolean {
  return row.first > from + (width * slots) / 10;
}
