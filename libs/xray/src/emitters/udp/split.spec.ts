import fc from 'fast-check';
import { documentIn } from './datagram';
import { splitDocument } from './split';

const base = { start_time: 1, end_time: 2 };
const id = (n: number) => n.toString(16).padStart(16, '0');
const segment = (rest: object) => ({
  id: id(1),
  name: 'shop',
  trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  ...base,
  ...rest,
});
const child = (n: number, size: number, subsegments?: object[]) => ({
  id: id(n),
  name: `child ${n}`,
  ...base,
  metadata: { default: { text: 'x'.repeat(size) } },
  ...(subsegments && { subsegments }),
});
const split = (document: object, max: number) => splitText(JSON.stringify(document), max);
const splitText = (text: string, max: number) => {
  const { datagrams, trimmed } = splitDocument(text, max);
  const texts = datagrams.map(documentIn);
  for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(max);
  return { trimmed, documents: texts.map((text) => JSON.parse(text)) };
};

describe('splitDocument', () => {
  it('keeps a document that fits unchanged', () => {
    const document = segment({ subsegments: [child(2, 10)] });
    expect(split(document, 64_000)).toEqual({ documents: [document], trimmed: 0 });
  });

  it('sends the largest subsegments on their own, with their parent id, and keeps the rest', () => {
    const document = segment({ subsegments: [child(2, 100), child(3, 900), child(4, 500)] });
    const { documents, trimmed } = split(document, 1_500);
    expect(trimmed).toBe(0);
    expect(documents).toEqual([
      { ...child(3, 900), type: 'subsegment', trace_id: document.trace_id, parent_id: id(1) },
      { ...document, subsegments: [child(2, 100), child(4, 500)] },
    ]);
  });

  it('puts closed subsegments into one document, and each open one into its own', () => {
    const open = (n: number) => ({ ...child(n, 900), end_time: undefined, in_progress: true });
    const document = segment({
      subsegments: [child(2, 900), open(3), child(4, 900), open(5), child(6, 900)],
    });
    const { documents } = split(document, 3_200);
    const alone = documents.filter(({ parent_id }) => parent_id === id(1));
    for (const each of alone) {
      expect(each).toMatchObject({ type: 'subsegment', trace_id: document.trace_id });
    }
    const inProgress = JSON.stringify(alone).match(/"in_progress":true/g) ?? [];
    expect(alone.filter(({ in_progress }) => in_progress)).toHaveLength(inProgress.length);
    expect(inProgress.length).toBeGreaterThan(0);
  });

  it('splits at any depth', () => {
    const document = segment({
      subsegments: [child(2, 300, [child(3, 800), child(4, 800, [child(5, 700)])])],
    });
    const { documents } = split(document, 1_400);
    expect(documents.map(({ id, parent_id }) => [id, parent_id])).toEqual(
      expect.arrayContaining([[id(1), undefined]]),
    );
    const names = JSON.stringify(documents)
      .match(/child \d/g)!
      .sort();
    expect(names).toEqual(['child 2', 'child 3', 'child 4', 'child 5']);
  });

  it('removes the largest metadata from a node that is too large by itself, and marks it', () => {
    const { documents, trimmed } = split(
      segment({ metadata: { default: { small: 'kept', large: 'y'.repeat(5_000) } } }),
      2_000,
    );
    expect(trimmed).toBe(1);
    expect(documents).toHaveLength(1);
    expect(documents[0].metadata).toEqual({
      default: { small: 'kept' },
      nestjs_xray: { trimmed: ['metadata.default.large'], original_bytes: expect.any(Number) },
    });
  });

  it('removes more if there is no metadata', () => {
    const { documents, trimmed } = split(
      segment({
        annotations: { a: 'z'.repeat(900), b: 'z'.repeat(900) },
        http: { request: { url: 'u'.repeat(3_000) } },
        cause: {
          exceptions: [{ id: id(9), stack: [{ path: 'p'.repeat(3_000), line: 1, label: 'f' }] }],
        },
      }),
      1_000,
    );
    expect(trimmed).toBe(1);
    expect(documents[0].metadata.nestjs_xray.trimmed).toEqual(
      expect.arrayContaining(['cause.exceptions.stack', 'annotations', 'http']),
    );
  });

  it('measures in bytes, not in characters', () => {
    split(segment({ metadata: { default: { text: '語'.repeat(700) } } }), 2_000);
  });

  it('loses no subsegment of any tree, and creates valid documents', () => {
    type Tree = { size: number; subsegments: Tree[] };
    const size = fc.integer({ min: 0, max: 1_500 });
    const tree: (depth?: number) => fc.Arbitrary<Tree> = fc.memo((depth) =>
      fc.record({
        size,
        subsegments: depth <= 1 ? fc.constant([]) : fc.array(tree(depth - 1), { maxLength: 4 }),
      }),
    );
    fc.assert(
      fc.property(tree(4), (root) => {
        let count = 0;
        const build = ({ size, subsegments }: Tree): object =>
          child(++count, size, subsegments.map(build));
        const { documents } = split(segment({ subsegments: [build(root)] }), 2_000);
        const names = new Set(JSON.stringify(documents).match(/child \d+/g));
        expect(names.size).toBe(count);
        for (const document of documents) {
          expect(document).toMatchObject({
            trace_id: expect.stringMatching(/^1-/),
            id: expect.stringMatching(/^[0-9a-f]{16}$/),
            name: expect.any(String),
            start_time: expect.any(Number),
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  const text = fc.oneof(
    fc.constantFrom('"', '\\', '\\\\"', '],"subsegments":[{', '{"id":"x"}', '}', '語', '\ud800'),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  type Tree = { size: number; texts: string[]; first: boolean; subsegments: Tree[] };
  const tree: (depth?: number) => fc.Arbitrary<Tree> = fc.memo((depth) =>
    fc.record({
      size: fc.integer({ min: 0, max: 400 }),
      texts: fc.array(text, { maxLength: 4 }),
      first: fc.boolean(),
      subsegments: depth <= 1 ? fc.constant([]) : fc.array(tree(depth - 1), { maxLength: 4 }),
    }),
  );
  const documentOf = (root: Tree): Node => {
    let count = 1;
    const build = ({ size, texts, first, subsegments }: Tree): Node => {
      const children = subsegments.length > 0 && { subsegments: subsegments.map(build) };
      const metadata = { default: { texts, text: texts.join('').padEnd(size, 'x') } };
      return {
        ...(first && children),
        id: id(++count),
        ...base,
        metadata,
        ...children,
      } as Node;
    };
    return segment({ subsegments: [build(root)] });
  };

  it('gives parts that make up the original, whatever their texts contain', () => {
    fc.assert(
      fc.property(tree(4), (root) => {
        const original = documentOf(root);
        const { documents, trimmed } = split(original, 2_000);
        expect(trimmed).toBe(0);
        expect(joined(documents)).toEqual(sorted(JSON.parse(JSON.stringify(original))));
      }),
      { numRuns: 200 },
    );
  });

  it('gives parts that make up the original, however its JSON is written', () => {
    const writing = fc.record({
      spaces: fc.array(fc.constantFrom('', ' ', '\n\t', '\r\n  '), { minLength: 1, maxLength: 9 }),
      escapes: fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
      order: fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }),
    });
    fc.assert(
      fc.property(tree(4), writing, (root, style) => {
        const text = written(documentOf(root), style);
        const { documents, trimmed } = splitText(text, 3_500);
        expect(trimmed).toBe(0);
        expect(joined(documents)).toEqual(sorted(JSON.parse(text)));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['white space before the colon', '"subsegments" :[', '"subsegments":['],
    ['white space after the colon', '"subsegments": [', '"subsegments":['],
    ['white space in the list', '"subsegments":[ ', '"subsegments":['],
    ['an escaped name', '"sub\\u0073egments":[', '"subsegments":['],
    [
      'a list that a later one replaces',
      '"subsegments":[{"id":"x"}],"subsegments":[',
      '"subsegments":[',
    ],
    ['null that a list replaces', '"subsegments":null,"subsegments":[', '"subsegments":['],
    ['text with brackets before it', '"user":"]}{[\\"","subsegments":[', '"subsegments":['],
  ])('reads the subsegments of JSON with %s', (_, to, from) => {
    const original = segment({ subsegments: [child(2, 900), child(3, 900), child(4, 900)] });
    const text = JSON.stringify(original).replace(from, () => to);
    const { documents } = splitText(text, 2_000);
    expect(documents.length).toBeGreaterThan(1);
    expect(joined(documents)).toEqual(sorted(JSON.parse(text)));
  });

  it.each([
    ['has no end', '{"id":"1","a":"'],
    ['is not an object', '["'],
    ['has subsegments that are not objects', '{"id":"1","subsegments":["'],
  ])('refuses JSON that %s', (_, start) => {
    const rest = start.startsWith('["') ? '"]' : start.includes('[') ? '"]}' : '';
    expect(() => splitDocument(`${start}${'x'.repeat(3_000)}${rest}`, 2_000)).toThrow(SyntaxError);
  });
});

/** `value` as JSON with varying white space, escapes and order of fields. */
function written(
  value: unknown,
  style: { spaces: string[]; escapes: boolean[]; order: number[] },
): string {
  let turn = 0;
  const next = <T>(list: T[]): T => list[turn++ % list.length]!;
  const space = () => next(style.spaces);
  const string = (text: string) => {
    const json = JSON.stringify(text);
    if (!next(style.escapes)) return json;
    return json.replace(/(?<!\\(?:u.{0,3})?)[a-z]/, (letter) => {
      return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
  };
  const write = (value: unknown): string => {
    if (typeof value === 'string') return string(value);
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const list = Array.isArray(value);
    const parts = Object.entries(value).map(([key, each]) =>
      list ? write(each) : `${string(key)}${space()}:${space()}${write(each)}`,
    );
    if (!list) for (const at of style.order) parts.push(...parts.splice(at % parts.length, 1));
    const inside = parts.join(`${space()},${space()}`);
    return `${list ? '[' : '{'}${space()}${inside}${space()}${list ? ']' : '}'}`;
  };
  return `${space()}${write(value)}${space()}`;
}

interface Node {
  id: string;
  type?: string;
  trace_id?: string;
  parent_id?: string;
  metadata?: { nestjs_xray?: unknown };
  subsegments?: Node[];
}

/** The original of split documents, as a receiver puts it together. */
function joined(documents: Node[]): Node {
  const nodes = new Map<string, Node>();
  const collect = (node: Node): void => {
    nodes.set(node.id, node);
    node.subsegments?.forEach(collect);
  };
  documents.forEach(collect);
  for (const { type, parent_id, trace_id, ...node } of documents.slice(0, -1)) {
    expect({ type, trace_id }).toEqual({
      type: 'subsegment',
      trace_id: documents.at(-1)!.trace_id,
    });
    const siblings = node.metadata?.nestjs_xray === undefined ? [node] : node.subsegments!;
    (nodes.get(parent_id!)!.subsegments ??= []).push(...siblings);
  }
  return sorted(documents.at(-1)!);
}

function sorted({ type: _type, parent_id: _parent, trace_id: _trace, ...node }: Node): Node {
  if (node.subsegments === undefined) return node;
  const subsegments = node.subsegments.map(sorted).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...node, subsegments };
}
