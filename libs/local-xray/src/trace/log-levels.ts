import type { LogLevel } from '../console-api';

/** The levels of log lines, as OpenTelemetry numbers them; the gravest last. */
export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
