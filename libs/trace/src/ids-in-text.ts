/** Ids that a text names, in the order they stand in it, each once; the Root of a header before its Self. */
export interface IdsInText {
  /** Trace ids as X-Ray writes them. */
  traces: string[];
  /** Ids of segments and subsegments: what a header calls the parent, and W3C a span. */
  spans: string[];
}

/** More of a text is not looked at: a log line is shorter. */
const MOST_CHARACTERS = 20_000;

/** Trace ids of X-Ray and of W3C, and ids of 16 digits; none is a part of a longer number. */
const IDS =
  /(?<![\w-])1-([0-9a-f]{8})-([0-9a-f]{24})(?![0-9a-f])|(?<![0-9a-z])([0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-z])/gi;

/** The ids in what people copy: an id, an `X-Amzn-Trace-Id` or traceparent header, a whole log line. */
export function idsInText(text: string): IdsInText {
  const roots: string[] = [];
  const traces = new Set<string>();
  const spans = new Set<string>();
  for (const match of text.slice(0, MOST_CHARACTERS).matchAll(IDS)) {
    const [, time, rest, hex] = match;
    const id = hex?.toLowerCase();
    if (time !== undefined) {
      const trace = `1-${time}-${rest}`.toLowerCase();
      traces.add(trace);
      if (/root=$/i.test(text.slice(Math.max(0, match.index - 5), match.index))) roots.push(trace);
    } else if (id === undefined || /^0+$/.test(id)) continue;
    else if (id.length === 32) traces.add(`1-${id.slice(0, 8)}-${id.slice(8)}`);
    else spans.add(id);
  }
  return { traces: [...new Set([...roots, ...traces])], spans: [...spans] };
}
