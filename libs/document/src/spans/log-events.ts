import type { NodeDocument } from '../segment-document';
import { keyValues, type OtlpSpan } from './otlp-span';

/** The log lines in a node's metadata as events of its span, where tools for spans show them. */
export function logEvents({ metadata }: NodeDocument): NonNullable<OtlpSpan['events']> {
  const lines = metadata?.default?.logs;
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((line: unknown) => {
    const { time, level, context, message } = (line ?? {}) as Record<string, unknown>;
    if (typeof time !== 'number' || typeof level !== 'string') return [];
    const attributes = keyValues({
      'log.severity': level,
      'log.logger': context,
      'log.message': typeof message === 'string' ? message : JSON.stringify(message),
    });
    return [{ timeUnixNano: `${Math.round(time * 1e6)}000`, name: 'log', attributes }];
  });
}
