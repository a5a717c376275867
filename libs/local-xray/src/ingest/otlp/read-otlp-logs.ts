import { textOf, writeJson, xrayTraceId } from '@nestjs-xray/document';
import type { LogLevel, TraceLogLine } from '../../console-api';
import { LOG_LEVELS } from '../../trace/log-levels';
import { decodeOtlp, type OtlpEncoding } from './decode-otlp';
import { type AnyValue, ExportLogsServiceRequestSchema, type LogRecord } from './otlp_pb';
import { hex, nameOfScope, seconds, toAttributes, toValue } from './otlp-values';

/** Longer messages are cut and say how much was left out. Larger attributes are dropped. */
const MAX_MESSAGE = 16_384;
const MAX_ATTRIBUTES = 32_768;

/** The log lines that name a trace, and the number of those that do not. */
export interface ReadLogs {
  lines: TraceLogLine[];
  withoutTrace: number;
}

/**
 * Reads the body of an OTLP export of logs.
 *
 * @throws Error if the body is invalid; the message says why.
 */
export function readOtlpLogs(body: Uint8Array, encoding: OtlpEncoding): ReadLogs {
  const request = decodeOtlp(ExportLogsServiceRequestSchema, body, encoding, 'logs');
  const read: ReadLogs = { lines: [], withoutTrace: 0 };
  for (const { resource, scopeLogs } of request.resourceLogs) {
    const service = textOf(toAttributes(resource?.attributes ?? []), ['service.name']) ?? '';
    for (const { scope, logRecords } of scopeLogs) {
      const logger = scope && nameOfScope(scope);
      for (const record of logRecords) {
        const traceId = hex(record.traceId);
        if (traceId.length === 32) read.lines.push(toLine(record, traceId, service, logger));
        else read.withoutTrace++;
      }
    }
  }
  return read;
}

function toLine(
  record: LogRecord,
  traceId: string,
  service: string,
  logger: string | undefined,
): TraceLogLine {
  const { severityNumber, severityText, eventName } = record;
  const segmentId = hex(record.spanId);
  return {
    time: seconds(record.timeUnixNano || record.observedTimeUnixNano) || Date.now() / 1000,
    level: levelOf(severityNumber, severityText),
    ...(severityText !== '' && { severity: severityText.slice(0, 100) }),
    message: cut(messageOf(record.body) ?? eventName),
    attributes: attributesOf(record, logger),
    traceId: xrayTraceId(traceId),
    ...(segmentId !== '' && { segmentId }),
    service,
  };
}

function attributesOf(
  { attributes, eventName }: LogRecord,
  logger: string | undefined,
): Record<string, unknown> {
  const own = Object.fromEntries(toAttributes(attributes));
  const size = writeJson(own).length;
  return {
    ...(size <= MAX_ATTRIBUTES ? own : { 'attributes left out': `${size} characters` }),
    ...(eventName !== '' && { 'event.name': eventName.slice(0, 1000) }),
    ...(logger !== undefined && { 'otel.scope.name': logger.slice(0, 1000) }),
  };
}

/** The message of a log record. A structured body becomes JSON. */
function messageOf(body: AnyValue | undefined): string | undefined {
  const value = body && toValue(body);
  return value === undefined || typeof value === 'string' ? value : writeJson(value);
}

function cut(message: string): string {
  const more = message.length - MAX_MESSAGE;
  return more > 0 ? `${message.slice(0, MAX_MESSAGE)} … (${more} more characters)` : message;
}

/** Other names that loggers use for the levels. */
const NAMES: Record<string, LogLevel> = {
  verbose: 'debug',
  notice: 'info',
  log: 'info',
  warning: 'warn',
  err: 'error',
  critical: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  panic: 'fatal',
};

/**
 * OTLP has four numbers for each level, starting at 1; 0 means none.
 * https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
 */
function levelOf(number: number, text: string): LogLevel {
  const level = LOG_LEVELS[Math.ceil(number / 4) - 1];
  if (level) return level;
  const name = text.toLowerCase();
  return (
    LOG_LEVELS.find((each) => each === name) ?? (Object.hasOwn(NAMES, name) ? NAMES[name]! : 'info')
  );
}
