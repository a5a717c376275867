/** Where one segment or subsegment stands in the JSON of a document. */
export interface Scanned {
  /** From its opening brace to after its closing one. */
  readonly from: number;
  readonly to: number;
  /** The field `subsegments` and its comma; an empty range where there is none. */
  readonly cutFrom: number;
  readonly cutTo: number;
  readonly subsegments: readonly Scanned[];
  /** JSON of the fields that are needed to send it on its own. */
  readonly fields: Fields;
}

interface Fields {
  id?: string;
  trace_id?: string;
  start_time?: string;
  end_time?: string;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Finds the subsegments in a document without parsing it: parsing a large document and writing its
 * parts as JSON again takes longer than everything else that sending it costs.
 *
 * @param text as JSON.stringify and the serialiser write it: without white space between values
 */
export function scanDocument(text: string): Scanned {
  return new Scanner(text).node();
}

class Scanner {
  /** The next character to read. */
  private at = 0;

  constructor(private readonly text: string) {}

  node(): Scanned {
    const from = this.at++;
    const fields: Fields = {};
    let subsegments: Scanned[] | undefined;
    let [cutFrom, cutTo] = [0, 0];
    while (this.text.charCodeAt(this.at) !== CLOSE) {
      const comma = this.at - 1;
      const key = this.key();
      const valueFrom = this.at;
      if (key === 'subsegments') {
        subsegments = this.list();
        [cutFrom, cutTo] = [comma, this.at];
      } else {
        this.skipValue();
        if (isField(key)) fields[key] = this.text.slice(valueFrom, this.at);
      }
      if (this.text.charCodeAt(this.at) === COMMA) this.at++;
    }
    const to = ++this.at;
    if (subsegments === undefined) cutFrom = cutTo = to - 1;
    // Of the first field, the comma that goes with it is the one after it.
    else if (cutFrom === from) [cutFrom, cutTo] = [from + 1, cutTo + 1];
    return {
      from,
      to,
      cutFrom,
      cutTo: Math.min(cutTo, to - 1),
      subsegments: subsegments ?? [],
      fields,
    };
  }

  private list(): Scanned[] {
    const nodes: Scanned[] = [];
    this.at++;
    while (this.text.charCodeAt(this.at) !== CLOSE_LIST) {
      nodes.push(this.node());
      if (this.text.charCodeAt(this.at) === COMMA) this.at++;
    }
    this.at++;
    return nodes;
  }

  private key(): string {
    const from = this.at + 1;
    this.skipString();
    return this.text.slice(from, this.at++ - 1);
  }

  /** Skips a value. It ends before the comma or the bracket of what contains it. */
  private skipValue(): void {
    const { text } = this;
    for (let depth = 0; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === QUOTE) {
        this.skipString();
        this.at--;
      } else if (code === OPEN || code === OPEN_LIST) depth++;
      else if (depth === 0 && (code === COMMA || code === CLOSE || code === CLOSE_LIST)) return;
      else if (code === CLOSE || code === CLOSE_LIST) depth--;
    }
  }

  private skipString(): void {
    const { text } = this;
    let end = this.at;
    do end = text.indexOf('"', end + 1);
    while (end > 0 && isEscaped(text, end));
    if (end < 0) throw new SyntaxError('Cannot split a document: a string in its JSON has no end.');
    this.at = end + 1;
  }
}

function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text.charCodeAt(from - 1) === BACKSLASH) from--;
  return (at - from) % 2 === 1;
}

function isField(key: string): key is keyof Fields {
  return key === 'id' || key === 'trace_id' || key === 'start_time' || key === 'end_time';
}
