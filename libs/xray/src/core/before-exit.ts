/** Something that has documents to send when the process is about to end. */
interface Sender {
  /** Sends what there is, and keeps the process until that is done or has taken too long. */
  flushAtEnd(): Promise<void>;
  /** The process ends now: what is still there is lost. */
  giveUp(): void;
}

const senders = new Set<Sender>();

/** A script that runs out of work sends what it has left before it ends, without being told to. */
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

/** The event comes again once what it started is done; by then there is nothing left to send. */
function flushAll(): void {
  process.off('beforeExit', flushAll);
  for (const sender of senders) void sender.flushAtEnd();
}

function giveUpAll(): void {
  for (const sender of senders) sender.giveUp();
}
