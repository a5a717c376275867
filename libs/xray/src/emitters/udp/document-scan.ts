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

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Finds the subsegments in a document without parsing it: parsing a large document and writing its
 * parts as JSON again takes longer than everything else that sending it costs.
 *
 * Only JSON without white space between values is read this way, as JSON.stringify and the
 * serialiser write it. Other JSON is parsed and written again first.
 *
 * @returns the text in which the document was found, and the document
 */
export function scanDocument(text: string): { text: string; document: Scanned } {
  try {
    return { text, document: new Scanner(text).document() };
  } catch {
    const rewritten = JSON.stringify(JSON.parse(text));
    return { text: rewritten, document: new Scanner(rewritten).document() };
  }
}

/** Throws at the first character between values that JSON.stringify would not write there. */
class Scanner {
  /** The next character to read. */
  private at = 0;

  constructor(private readonly text: string) {}

  document(): Scanned {
    const document = this.node();
    if (this.at !== this.text.length) throw this.unexpected();
    return document;
  }

  private node(): Scanned {
    const from = this.at;
    this.take(OPEN);
    const fields: Fields = {};
    let subsegments: Scanned[] | undefined;
    let [cutFrom, cutTo] = [0, 0];
    while (this.next !== CLOSE) {
      const comma = this.at - 1;
      const key = this.key();
      const valueFrom = this.at;
      // JSON.parse keeps the last of two.
      if (key === 'subsegments' && subsegments !== undefined) throw this.unexpected();
      if (key === 'subsegments' && this.next === OPEN_LIST) {
        subsegments = this.list();
        [cutFrom, cutTo] = [comma, this.at];
      } else {
        this.skipValue();
        if (isField(key)) fields[key] = this.text.slice(valueFrom, this.at);
      }
      this.separator(CLOSE);
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
    this.take(OPEN_LIST);
    while (this.next !== CLOSE_LIST) {
      nodes.push(this.node());
      this.separator(CLOSE_LIST);
    }
    this.at++;
    return nodes;
  }

  private key(): string {
    if (this.next !== QUOTE) throw this.unexpected();
    const from = this.at;
    this.skipString();
    const key = this.text.slice(from + 1, this.at - 1);
    const json = key.includes('\\') ? this.text.slice(from, this.at) : undefined;
    this.take(COLON);
    if (this.next <= SPACE) throw this.unexpected();
    return json === undefined ? key : (JSON.parse(json) as string);
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

  /** Skips a comma, or stays before what closes the object or list. */
  private separator(close: number): void {
    if (this.next !== close) this.take(COMMA);
  }

  /** The code of the next character, NaN at the end. */
  private get next(): number {
    return this.text.charCodeAt(this.at);
  }

  private take(code: number): void {
    if (this.next !== code) throw this.unexpected();
    this.at++;
  }

  private unexpected(): SyntaxError {
    return new SyntaxError(
      `Cannot split a document: unexpected JSON at character ${this.at}. A document must be an ` +
        'object, and "subsegments" a list of objects.',
    );
  }

  private skipString(): void {
    const { text } = this;
    let end = this.at;
    do end = text.indexOf('"', end + 1);
    while (end > 0 && isEscaped(text, end));
    if (end < 0) throw this.unexpected();
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
