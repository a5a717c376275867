import { isTraceId } from '@nestjs-xray/document';
import type { TraceLogLine } from '../console-api';
import { LOG_LEVELS } from '../trace/log-levels';

/** The complete log lines of exported traces. Other formats have none. */
export function logsOf(body: unknown): TraceLogLine[] {
  const all = Array.isArray(body) ? (body as unknown[]) : [body];
  return all.flatMap((trace) => {
    const { id, logs } = (trace ?? {}) as { id?: unknown; logs?: unknown };
    if (!isTraceId(id) || !Array.isArray(logs)) return [];
    return (logs as unknown[]).filter(isLine).map((line) => ({ ...line, traceId: id }));
  });
}

function isLine(value: unknown): value is TraceLogLine {
  const line = (value ?? {}) as Record<keyof TraceLogLine, unknown>;
  return (
    Number.isFinite(line.time) &&
    (LOG_LEVELS as readonly unknown[]).includes(line.level) &&
    typeof line.message === 'string' &&
    typeof line.service === 'string' &&
    typeof line.attributes === 'object' &&
    line.attributes !== null
  );
}
