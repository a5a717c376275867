/** Where this package logs problems; Nest's Logger fits. */
export interface RecorderLogger {
  warn(message: string): void;
  /** Logs the startup line. Without this method there is no such line. */
  log?(message: string): void;
}

/** Logs a problem once for each `cause`. */
export type Warn = (cause: string, message: string) => void;

/** How many different warnings are remembered. Beyond that, new kinds are not logged. */
const MAX_WARNINGS = 1000;

const MAX_LENGTH = 2_000;

/** Logs each kind of problem once, and never throws. */
export class WarnOnce {
  private readonly warned = new Set<string>();

  constructor(private readonly logger: RecorderLogger) {}

  /** Logs `message` the first time `cause` occurs. */
  warn(cause: string, message: string): void {
    if (this.warned.size >= MAX_WARNINGS) return;
    // Both may contain text from a request.
    const key = cause.slice(0, MAX_LENGTH);
    if (this.warned.has(key)) return;
    this.warned.add(key);
    try {
      this.logger.warn(message.slice(0, MAX_LENGTH));
    } catch {
      // A logger that throws must not affect the application.
    }
  }
}
