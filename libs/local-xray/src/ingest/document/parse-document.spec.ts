import { w3cTraceId } from '@nestjs-xray/document';
import fc from 'fast-check';
import { LENIENT, parseDocument, STRICT } from './parse-document';

const TRACE = '1-6b02ef12-b2827ee6314e77519f882007';
const NOW = 0x6b02ef12;
const sound = {
  trace_id: TRACE,
  id: 'c4840ffced024e75',
  name: 'shop',
  start_time: NOW,
  end_time: NOW + 1,
};
const text = (over: object = {}) => JSON.stringify({ ...sound, ...over });
const parse = (over: object = {}, limits = LENIENT) => parseDocument(text(over), limits);

function faultOf(outcome: ReturnType<typeof parseDocument>) {
  if (outcome.ok) throw new Error('It was taken.');
  return outcome.fault;
}

describe('parseDocument', () => {
  it('returns the original text', () => {
    const outcome = parseDocument(`  ${text()}\n`);

    expect(outcome).toEqual({
      ok: true,
      kind: 'segment',
      document: sound,
      text: `  ${text()}\n`,
      repairs: [],
    });
  });

  it('replaces unpaired surrogates by U+FFFD, and keeps surrogate pairs', () => {
    const json = text({ name: 'N' }).replace('"N"', '"\\uD83d \\ud83D\\ude00 \\\\ud83d \\uDE00"');

    expect(parseDocument(json)).toMatchObject({
      document: { name: '\ufffd 😀 \\ud83d \ufffd' },
      text: json.replace('\\uD83d', '\\ufffd').replace('\\uDE00', '\\ufffd'),
    });
  });

  it('distinguishes a subsegment sent on its own from a segment', () => {
    expect(parse({ type: 'subsegment', parent_id: '53995c3f42cd8ad8' })).toMatchObject({
      ok: true,
      kind: 'subsegment',
    });
  });

  it('accepts null for absent fields, and numbers in strings', () => {
    const outcome = parse({
      user: null,
      http: { response: { status: '404' } },
      annotations: { a: null, b: 1 },
    });

    expect(outcome).toMatchObject({
      ok: true,
      text: text({ http: { response: { status: 404 } }, annotations: { b: 1 } }),
    });
  });

  it.each([
    ['{"id": nope}', 'ParseError', 'character 7: expected a JSON value, found "n"'],
    ['{"a": 1,}', 'ParseError', 'character 8: expected a string in double quotes, found "}"'],
    ['{"a": "b', 'ParseError', 'character 8: expected a closing ", found the end'],
    ['{"a": [1 2]}', 'ParseError', 'character 9: expected , or ], found "2"'],
    ['{"a" 1}', 'ParseError', 'character 5: expected :, found "1"'],
    ['', 'ParseError', 'character 0: expected a JSON value, found the end'],
    ['{} {}', 'ParseError', 'character 3: expected the end, found "{"'],
    ['[]', 'InvalidSegment', 'must be an object, not an array'],
    ['null', 'InvalidSegment', 'must be an object, not null'],
  ])('names the character at fault: %s', (json, code, message) => {
    expect(faultOf(parseDocument(json))).toMatchObject({ code, message });
  });

  it.each([
    [{ id: undefined }, 'MissingId', 'id: must be 16 hexadecimal digits, not nothing'],
    [{ id: 'xyz' }, 'InvalidId', 'id: must be 16 hexadecimal digits, not "xyz"'],
    [
      { trace_id: '1-2-3' },
      'InvalidTraceId',
      'trace_id: must be 1-, 8 hexadecimal digits, -, 24 hexadecimal digits, not "1-2-3"',
    ],
    [{ name: '' }, 'InvalidName', 'name: must be a string that is not empty, not ""'],
    [{ start_time: 'x' }, 'InvalidSegment', 'start_time: must be epoch seconds, not "x"'],
    [
      { type: 'subsegment' },
      'InvalidSegment',
      'parent_id: must be 16 hexadecimal digits, not nothing',
    ],
  ])('names the field at fault: %j', (over, code, message) => {
    expect(faultOf(parse(over))).toMatchObject({ code, message });
  });

  it.each([
    [{ user: 42 }, { user: '42' }, 'user: must be a string, not 42; taken as "42"'],
    [{ user: true }, { user: 'true' }, 'user: must be a string, not true; taken as "true"'],
    [{ user: {} }, {}, 'user: must be a string, not an object; left out'],
    [{ name: 5 }, { name: '5' }, 'name: must be a string that is not empty, not 5; taken as "5"'],
    [{ annotations: [] }, {}, 'annotations: must be an object, not an array; left out'],
    [
      { annotations: { a: ['x'], b: { c: 1 } } },
      { annotations: { a: 'x', b: '{"c":1}' } },
      'annotations.a: must be a string, a number or a boolean, not an array; taken as "x"',
    ],
    [{ metadata: [] }, {}, 'metadata: must be an object, not an array; left out'],
    [
      { metadata: ['x'] },
      { metadata: { default: { metadata: ['x'] } } },
      'metadata: must be an object, not an array; taken as an object',
    ],
    [{ http: [] }, {}, 'http: must be an object, not an array; left out'],
    [{ aws: 'x' }, {}, 'aws: must be an object, not a string; left out'],
    [{ cause: [] }, {}, 'cause: must be an object, not an array; left out'],
    [{ error: 'False' }, { error: false }, 'error: must be a boolean, not "False"; taken as false'],
    [{ fault: 0 }, { fault: false }, 'fault: must be a boolean, not 0; taken as false'],
    [{ throttle: 'yes' }, {}, 'throttle: must be a boolean, not "yes"; left out'],
    [
      { http: { request: { user_agent: ['a'], url: 1, traced: 'true' } } },
      { http: { request: { user_agent: 'a', url: '1', traced: true } } },
      'http.request.url: must be a string, not 1; taken as "1"',
    ],
    [
      { http: { response: { status: '', content_length: '12' } } },
      { http: { response: { content_length: 12 } } },
      'http.response.status: must be a whole number, not ""; left out',
    ],
    [
      { http: { response: { status: 1e300 } } },
      { http: { response: {} } },
      'http.response.status: must be a whole number, not 1e+300; left out',
    ],
    [
      { cause: { exceptions: { 0: { message: { a: 1 } }, 2: 'x' }, paths: 'x' } },
      { cause: { exceptions: [{ message: '{"a":1}' }] } },
      'cause.exceptions[0].message: must be a string, not an object; taken as "{\\"a\\":1}"',
    ],
    [
      { cause: { exceptions: [{ stack: [null, { line: {}, path: 1 }] }] } },
      { cause: { exceptions: [{ stack: [{ path: '1' }] }] } },
      'cause.exceptions[0].stack[0]: must be an object, not null; taken as an array',
    ],
    [{ service: { version: 1.2 } }, { service: { version: '1.2' } }, 'service.version: must be'],
    [{ parent_id: '' }, {}, 'parent_id: must be 16 hexadecimal digits, not ""; left out'],
    [{ end_time: String(NOW) }, { end_time: NOW }, 'end_time: must be epoch seconds'],
    [
      { start_time: (NOW - 1) * 1000, end_time: NOW * 1e6 },
      { start_time: NOW - 1, end_time: NOW },
      `start_time: must be epoch seconds, not ${(NOW - 1) * 1000}; taken as ${NOW - 1}`,
    ],
    [{ end_time: `${NOW}000000000` }, { end_time: NOW }, `taken as ${NOW}`],
    [
      { end_time: new Date(NOW * 1000).toISOString() },
      { end_time: NOW },
      `end_time: must be epoch seconds, not "${new Date(NOW * 1000).toISOString()}"; taken as ${NOW}`,
    ],
    [
      { end_time: new Date(NOW * 1000).toISOString().slice(0, 19).replace('T', ' ') },
      { end_time: NOW },
      'end_time: must be epoch seconds',
    ],
    [
      { end_time: `${new Date((NOW + 7200) * 1000).toISOString().slice(0, 19)}+02:00` },
      { end_time: NOW },
      'end_time: must be epoch seconds',
    ],
    [
      { trace_id: `00-${w3cTraceId(TRACE)}-c4840ffced024e75-01` },
      { trace_id: TRACE },
      'trace_id: must be 1-',
    ],
    [
      { trace_id: `Root=${TRACE};Parent=c4840ffced024e75;Sampled=1` },
      { trace_id: TRACE },
      'trace_id: must be 1-',
    ],
    [{ trace_id: ` ${TRACE.toUpperCase()}\n` }, { trace_id: TRACE }, 'trace_id: must be 1-'],
    [
      { trace_id: w3cTraceId(TRACE).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') },
      { trace_id: TRACE },
      'trace_id: must be 1-',
    ],
    [
      { id: '0xC4840FFCED024E75' },
      { id: 'c4840ffced024e75' },
      'id: must be 16 hexadecimal digits, not "0xC4840FFCED024E75"; taken as "c4840ffced024e75"',
    ],
    [{ id: 1234567890123456 }, { id: '1234567890123456' }, 'id: must be 16 hexadecimal digits'],
    [
      { parent_id: `00-${w3cTraceId(TRACE)}-c4840ffced024e75-01` },
      { parent_id: 'c4840ffced024e75' },
      'parent_id: must be 16 hexadecimal digits',
    ],
    [{ parent_id: 'c484-0ffc-ed02-4e75 ' }, { parent_id: 'c4840ffced024e75' }, 'parent_id: must'],
    [
      { end_time: 'x' },
      { end_time: undefined },
      'end_time: must be epoch seconds, not "x"; left out',
    ],
    [
      { links: [{ trace_id: TRACE.toUpperCase(), id: 'C4840FFCED024E75' }, { id: 1 }, 3] },
      { links: [{ trace_id: TRACE, id: 'c4840ffced024e75' }] },
      'links[2]: must be an object, not a number; taken as an array',
    ],
    [{ links: [{}] }, {}, 'links[0]: must have a trace_id and an id; left out'],
  ])(
    'converts or leaves out fields of a wrong type, and lists the repairs: %j',
    (over, kept, repair) => {
      const outcome = parse(over);
      const right: Record<string, unknown> = { ...sound, ...kept };
      if (!outcome.ok) throw new Error(outcome.fault.message);

      expect(outcome.document).toEqual(JSON.parse(JSON.stringify(right)));
      expect(JSON.parse(outcome.text)).toEqual(outcome.document);
      expect(outcome.repairs.join('\n')).toContain(repair);
    },
  );

  it('keeps nested subsegments without a required field', () => {
    const bare = { subsegments: [{ subsegments: [{ id: 'x', name: 7 }] }] };
    const outcome = parse({ subsegments: [bare, 'x'] });

    expect(outcome).toMatchObject({
      ok: true,
      document: {
        subsegments: [
          {
            id: expect.stringMatching(/^[0-9a-f]{16}$/),
            name: 'unnamed',
            start_time: NOW,
            subsegments: [{ name: 'unnamed', subsegments: [{ name: '7', start_time: NOW }] }],
          },
        ],
      },
    });
  });

  it.each(['{"a":NaN}', '{"default":{"x":[-Infinity,"NaN"]}}'])('takes %s for text', (metadata) => {
    const json = `${text().slice(0, -1)},"metadata":${metadata}}`;
    const outcome = parseDocument(json);

    expect(outcome).toMatchObject({
      ok: true,
      repairs: ['NaN and Infinity are not JSON; converted to text'],
    });
    expect(outcome.ok && outcome.text).toContain(
      metadata.replace(/(?<!")-?(NaN|Infinity)/, '"$&"'),
    );
    expect(faultOf(parseDocument(json, STRICT)).code).toBe('ParseError');
  });

  it('converts ids to lower case', () => {
    const outcome = parse({
      id: 'C4840FFCED024E75',
      trace_id: TRACE.toUpperCase(),
      subsegments: [{ ...sound, parent_id: 'C4840FFCED024E75' }],
    });

    expect(outcome).toMatchObject({
      ok: true,
      document: { ...sound, subsegments: [{ parent_id: sound.id }] },
      repairs: [],
    });
    expect(outcome.ok && JSON.parse(outcome.text)).toMatchObject(sound);
  });

  it("accepts a trace id in OpenTelemetry's form", () => {
    const w3c = TRACE.replace('1-', '').replace('-', '');

    expect(parse({ trace_id: w3c.toUpperCase() })).toMatchObject({
      ok: true,
      document: { trace_id: TRACE },
    });
  });

  it('also accepts ids of any time in strict mode, because OpenTelemetry creates them', () => {
    for (const first of ['00000000', 'ffffffff']) {
      expect(parse({ trace_id: TRACE.replace('6b02ef12', first) }, STRICT).ok).toBe(true);
    }
  });

  it('keeps all digits of integers when it rewrites the document', () => {
    const json = `${text({ user: 1 }).slice(0, -1)},"annotations":{"order":212089821454139392}}`;
    const outcome = parseDocument(json);

    expect(outcome).toMatchObject({ document: { annotations: { order: 212089821454139392n } } });
    expect(outcome.ok && outcome.text).toBe(json.replace('"user":1', '"user":"1"'));
  });

  it('leaves out annotations beyond the limit, and lists the repair', () => {
    const keys = Array.from({ length: 1001 }, (_, at) => [`k${at}`, at]);
    const outcome = parse({ annotations: Object.fromEntries(keys) });

    expect(outcome.ok && Object.keys(outcome.document.annotations!)).toHaveLength(1000);
    expect(outcome).toMatchObject({
      repairs: ['annotations.k1000: more than 1000 annotations; left out'],
    });
  });

  it('removes NUL characters from the key of an annotation', () => {
    expect(parse({ annotations: { 'a\0b': 1 } })).toMatchObject({
      document: { annotations: { 'a\ufffdb': 1 } },
    });
  });

  it('returns the id of a rejected document', () => {
    expect(faultOf(parse({ name: [] })).id).toBe(sound.id);
  });

  it.each([
    [{ user: 42 }, 'InvalidSegment'],
    [{ annotations: [] }, 'InvalidSegment'],
    [{ subsegments: [{ ...sound, id: undefined }] }, 'MissingId'],
    [{ trace_id: '6b02ef12b2827ee6314e77519f882007' }, 'InvalidTraceId'],
    [{ name: 'a<b' }, 'InvalidName'],
    [{ name: 'n'.repeat(201) }, 'InvalidName'],
    [{ end_time: undefined }, 'InvalidSegment'],
    [{ in_progress: true }, 'InvalidSegment'],
    [{ annotations: { 'a-b': 1 } }, 'InvalidAnnotation'],
    [
      { annotations: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, at])) },
      'InvalidAnnotation',
    ],
    [{ metadata: { default: { text: 'x'.repeat(64 * 1024) } } }, 'DocumentTooLarge'],
  ])('rejects only in strict mode: %.60j', (over, code) => {
    expect(parse(over)).toMatchObject({ ok: true });
    expect(faultOf(parse(over, STRICT))).toMatchObject({ code });
  });

  it.each([
    [
      'a million annotations',
      text({
        annotations: Object.fromEntries(Array.from({ length: 1e5 }, (_, at) => [`k${at}`, 1])),
      }),
    ],
    ['a string of 10 MB', text({ name: 'x'.repeat(10_000_000) })],
    [
      'nesting a hundred thousand deep',
      `{"metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ],
    ['unclosed nesting', '['.repeat(100_000)],
  ])('rejects %s with one fault', (_, json) => {
    expect(parseDocument(json).ok).toBe(false);
  });

  it('treats __proto__ like any other key', () => {
    const json = `{"__proto__":{"polluted":1},${text({ metadata: {} }).slice(1)}`;

    expect(parseDocument(json).ok).toBe(true);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('never throws, for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        (json) => typeof parseDocument(json).ok === 'boolean',
      ),
      {
        numRuns: 2000,
      },
    );
  });

  it('keeps a valid document whatever the type of an optional field, and never passes a wrong type on', () => {
    const objects = ['http', 'cause', 'aws', 'annotations', 'metadata', 'service', 'sql'];
    const arrays = ['subsegments', 'links', 'precursor_ids'];
    const texts = ['user', 'origin', 'resource_arn', 'namespace', 'parent_id'];
    const truths = ['error', 'fault', 'throttle', 'in_progress', 'traced'];
    const keys = fc.constantFrom('end_time', ...objects, ...arrays, ...texts, ...truths);
    fc.assert(
      fc.property(keys, fc.jsonValue(), fc.boolean(), (key, value, within) => {
        const inner = { ...sound, [key]: value };
        const outcome = parse(within ? { subsegments: [inner] } : inner);
        if (!outcome.ok) return false;
        const node = (within
          ? outcome.document.subsegments![0]
          : outcome.document) as unknown as Record<string, unknown>;
        const kinds = (names: string[], right: (value: unknown) => boolean) =>
          names.every((name) => node[name] === undefined || right(node[name]));
        // What means nothing where it stands is left as it is.
        const ours = within ? ['namespace'] : ['user', 'origin', 'resource_arn', 'parent_id'];
        return (
          kinds(
            objects.filter((name) => name !== (within ? 'service' : 'sql')),
            (each) => typeof each === 'object' || typeof each === 'string',
          ) &&
          kinds(
            within ? ['subsegments', 'precursor_ids'] : ['subsegments', 'links'],
            Array.isArray,
          ) &&
          kinds(ours, (each) => typeof each === 'string') &&
          kinds(within ? truths : truths.slice(0, 4), (each) => typeof each === 'boolean')
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts the same texts as JSON.parse', () => {
    const mutated = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '\\', ',', '{', ']', '\n', '0', 'e', '\u0000'),
      )
      .map(
        ([json, at, put]) =>
          json.slice(0, at % (json.length + 1)) + put + json.slice((at % (json.length + 1)) + 1),
      );
    fc.assert(
      fc.property(mutated, (json) => {
        let isJson = true;
        try {
          JSON.parse(json);
        } catch {
          isJson = false;
        }
        const outcome = parseDocument(json);
        return isJson === (outcome.ok || outcome.fault.code !== 'ParseError');
      }),
      { numRuns: 5000 },
    );
  });
});
