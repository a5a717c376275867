/**
 * The page that shows a trace: `{traceId}` in `viewer` is replaced, or `{otelTraceId}` by the same id as
 * OpenTelemetry writes it; else `/traces/<id>` is appended.
 *
 * @example traceUrl('http://127.0.0.1:2000', id)
 * @example traceUrl('http://127.0.0.1:16686/trace/{otelTraceId}', id)
 */
export function traceUrl(viewer: string, traceId: string): string {
  const page = viewer
    .replaceAll('{traceId}', traceId)
    .replaceAll('{otelTraceId}', traceId.replace(/^1-|-/g, ''));
  return page === viewer ? `${viewer.replace(/\/+$/, '')}/traces/${traceId}` : page;
}
