import * as fc from 'fast-check';
import { capture, captureSegment } from './capture';
import { documentText } from './document-text';
import { Recorder } from './recorder';
import type { RecordedNode, RecordedSegment, RecordedSubsegment } from './recorded-node';
import { safeCopy } from './safe-metadata';
import { safeName } from './safe-name';
import type { Segment } from './segment';

interface Shape {
  name: string;
  annotations: Record<string, string>;
  metadata: unknown;
  namespace: string | undefined;
  throws: boolean;
  children: Shape[];
}

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.record({
    name: fc.string({ unit: 'grapheme' }),
    annotations: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3 }),
    metadata: fc.oneof(fc.constant(undefined), fc.anything({ withBigInt: true, withMap: true })),
    namespace: fc.constantFrom(undefined, 'remote', 'aws', 'a "quoted" one'),
    throws: fc.boolean(),
    children: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'tree' },
      fc.constant<Shape[]>([]),
      fc.array(tie('shape'), { maxLength: 3 }),
    ),
  }),
}));

describe('documentText', () => {
  it('is the document of the whole tree, with times in whole microseconds', () => {
    fc.assert(
      fc.property(shape, (tree) => {
        const closed = closedSegment(tree);
        expect(JSON.parse(documentText(closed))).toEqual(inMicros(documentOf(closed)));
      }),
    );
  });

  it('has the trace id and the parent id if a subsegment is sent on its own', () => {
    const segment = closedSegment({ ...leaf('outer'), children: [leaf('inner')] });
    const [outer] = segment.subsegments!;
    const document = JSON.parse(documentText(outer!));
    expect(document).toEqual(inMicros(documentOf(outer!)));
    expect(document).toMatchObject({ type: 'subsegment', parent_id: segment.id, name: 'outer' });
  });

  it('marks an open node as in progress', () => {
    const { recorder } = recording();
    const open = recorder.open({ serviceName: 'test' }) as Segment;
    expect(JSON.parse(documentText(open))).toEqual({
      id: open.id,
      name: 'test',
      trace_id: open.trace_id,
      start_time: expect.any(Number),
      in_progress: true,
    });
  });

  it('escapes ids, trace ids and names from other sources', () => {
    const { recorder } = recording();
    const header = { root: '1-"a"', parent: '"b"\n' };
    const open = recorder.open({ serviceName: 'x"y' }, header) as Segment;
    open.id = 'c"\\';
    expect(JSON.parse(documentText(open))).toMatchObject({
      id: 'c"\\',
      trace_id: '1-"a"',
      parent_id: '"b"\n',
      name: 'xy',
    });
  });

  it('writes times less than a tenth of a second after a full second', () => {
    const { recorder } = recording();
    const open = recorder.open({ serviceName: 'test' }) as Segment;
    for (const time of [
      1_700_000_000, 1_700_000_000.000001, 1_700_000_000.0123, 1_699_999_999.9999996,
    ]) {
      open.start_time = time;
      const { start_time } = JSON.parse(documentText(open));
      expect(start_time).toBe(Math.round(time * 1e6) / 1e6);
    }
  });
});

function leaf(name: string): Shape {
  return {
    name,
    annotations: {},
    metadata: undefined,
    namespace: undefined,
    throws: false,
    children: [],
  };
}

function recording() {
  const closed: Segment[] = [];
  const recorder = new Recorder({
    emitter: {
      emit: (node) => closed.push(node as Segment),
      flush: async () => {},
      close: async () => {},
    },
    sampler: { decide: () => ({ sampled: true }) },
    logger: { warn: () => {} },
  });
  return { recorder, closed };
}

function closedSegment(tree: Shape): Segment {
  const { recorder, closed } = recording();
  captureSegment(
    'test',
    (node) => {
      const segment = node as Segment;
      segment.setUser('someone "else"');
      segment.http = { request: { url: 'http://a/"b"' }, response: { status: 200 } };
      run(tree);
    },
    { recorder },
  );
  return closed[0]!;
}

function run({ name, annotations, metadata, namespace, throws, children }: Shape): void {
  try {
    capture(name, (node) => {
      for (const key in annotations) node!.addAnnotation(key, annotations[key]!);
      if (metadata !== undefined) node!.addMetadata('value', metadata);
      if (namespace !== undefined) node!.namespace = namespace;
      for (const child of children) run(child);
      if (throws) throw new Error(`of ${name}`);
    });
  } catch {
    // What the tree was told to throw.
  }
}

/** The same document with its times rounded. */
function inMicros<T>(document: T): T {
  const rounded = (key: string, value: unknown) =>
    typeof value === 'number' && (key === 'start_time' || key === 'end_time')
      ? Math.round(value * 1e6) / 1e6
      : value;
  return JSON.parse(JSON.stringify(document, rounded)) as T;
}

/** The document as a tree of objects, one field after the other: what the text is to say. */
function documentOf(node: RecordedNode): object {
  const { trace_id, parent_id, user, origin, service } = node as RecordedSegment;
  const { segment, parent } = node as RecordedSubsegment;
  return {
    ...fieldsOf(node),
    ...(node.root === node
      ? { trace_id, parent_id, user, origin, service }
      : { type: 'subsegment', trace_id: segment.trace_id, parent_id: parent.id }),
  };
}

function fieldsOf(node: RecordedNode): object {
  const { id, name, start_time, end_time, error, fault, throttle, cause, http, aws } = node;
  const { namespace, traced, sql } = node as RecordedSubsegment;
  return {
    ...{ id, name: safeName(name), start_time, end_time, cause, http, aws, namespace, traced, sql },
    ...(error && { error }),
    ...(fault && { fault }),
    ...(throttle && { throttle }),
    annotations: node.annotations,
    metadata: node.metadata && safeCopy(node.metadata, node.root.owner.redact),
    subsegments: node.subsegments?.map(fieldsOf),
  };
}
