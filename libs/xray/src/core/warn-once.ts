/** Where this package reports trouble; Nest's Logger fits. */
export interface RecorderLogger {
  warn(message: string): void;
  /** Takes the line at the start; without it there is none. */
  log?(message: string): void;
}

/** Reports trouble, once for each `cause`. */
export type Warn = (cause: string, message: string) => void;

/** Different warnings kept apart; beyond that, no new kind is reported. */
const MAX_WARNINGS = 1000;

const MAX_LENGTH = 2_000;

/** Logs each kind of trouble once, and never throws. */
export class WarnOnce {
  private readonly warned = new Set<string>();

  constructor(private readonly logger: RecorderLogger) {}

  /** Logs `message` the first time `cause` comes up. */
  warn(cause: string, message: string): void {
    if (this.warned.size >= MAX_WARNINGS) return;
    // Either may quote what a user sent.
    const key = cause.slice(0, MAX_LENGTH);
    if (this.warned.has(key)) return;
    this.warned.add(key);
    try {
      this.logger.warn(message.slice(0, MAX_LENGTH));
    } catch {
      // A logger that throws must not take the application with it.
    }
  }
}

/** Why something failed, for a log line. */
export function reasonOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
