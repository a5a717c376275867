import type { LogLevel } from '../console-api';

/** The levels of log lines in OpenTelemetry's order, most severe last. */
export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
