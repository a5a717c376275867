/** After so long without news, in seconds, what is in progress no longer grows: it will not end. */
const SILENT_AFTER = 15 * 60;

/** @param last epoch seconds of the last time that was heard of. */
export function isSilent(last: number, now: number): boolean {
  return now - last >= SILENT_AFTER;
}

/** What is called that which has not ended. */
export function openWord(silent: boolean): string {
  return silent ? 'no end seen' : 'in progress';
}
