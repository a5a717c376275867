/** Something that may still have documents to send when the process is about to end. */
interface Sender {
  /**
   * Sends the remaining documents and keeps the process alive until they are sent or time is up.
   */
  flushAtEnd(): Promise<void>;
  /** The process ends now: documents that were not sent are lost. */
  giveUp(): void;
}

const senders = new Set<Sender>();

/** Makes sure that a script which runs out of work sends its remaining documents before it ends. */
export function flushBeforeExit(sender: Sender): void {
  if (senders.size === 0) {
    process.on('beforeExit', flushAll);
    process.on('exit', giveUpAll);
  }
  senders.add(sender);
}

export function forgetBeforeExit(sender: Sender): void {
  senders.delete(sender);
  if (senders.size > 0) return;
  process.off('beforeExit', flushAll);
  process.off('exit', giveUpAll);
}

/**
 * Node emits `beforeExit` again when the work started here is done. By then nothing is left to
 * send.
 */
function flushAll(): void {
  process.off('beforeExit', flushAll);
  for (const sender of senders) void sender.flushAtEnd();
}

function giveUpAll(): void {
  for (const sender of senders) sender.giveUp();
}
