/**
 * A message's pattern as text: `Service.Method` for gRPC; for other objects, JSON with sorted keys,
 * since Nest treats `{ cmd, of }` and `{ of, cmd }` as the same pattern.
 */
export function patternText(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern;
  const { service, rpc, streaming } = (pattern ?? {}) as Record<string, unknown>;
  if (typeof service === 'string' && typeof rpc === 'string' && streaming !== undefined) {
    return `${service}.${rpc}`;
  }
  return JSON.stringify(pattern, sortedKeys) ?? String(pattern);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
