/** The ids in a text, in order and without duplicates; the Root of a header comes before its Self. */
export interface IdsInText {
  /** Trace ids in X-Ray's format. */
  traces: string[];
  /** Ids of segments and subsegments: the parent in a header, the span in W3C's terms. */
  spans: string[];
}

/** Only this many characters are searched; log lines are shorter. */
const MOST_CHARACTERS = 20_000;

/** Matches X-Ray and W3C trace ids and ids of 16 digits, but not parts of longer numbers. */
const IDS =
  /(?<![\w-])1-([0-9a-f]{8})-([0-9a-f]{24})(?![0-9a-f])|(?<![0-9a-z])([0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-z])/gi;

/** Finds the ids in pasted text: an id, an `X-Amzn-Trace-Id` or traceparent header, a log line. */
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
