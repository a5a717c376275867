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
const parse = (over: object = {}, limits = LENIENT) => parseDocument(text(over), limits, NOW);

function faultOf(outcome: ReturnType<typeof parseDocument>) {
  if (outcome.ok) throw new Error('It was taken.');
  return outcome.fault;
}

describe('parseDocument', () => {
  it('hands back the text as it came', () => {
    const outcome = parseDocument(`  ${text()}\n`);

    expect(outcome).toEqual({ ok: true, kind: 'segment', document: sound, text: `  ${text()}\n` });
  });

  it('takes half of a character for U+FFFD, and leaves whole ones', () => {
    const json = text({ name: 'N' }).replace('"N"', '"\\uD83d \\ud83D\\ude00 \\\\ud83d \\uDE00"');

    expect(parseDocument(json)).toMatchObject({
      document: { name: '\ufffd 😀 \\ud83d \ufffd' },
      text: json.replace('\\uD83d', '\\ufffd').replace('\\uDE00', '\\ufffd'),
    });
  });

  it('tells a subsegment sent alone from a segment', () => {
    expect(parse({ type: 'subsegment', parent_id: '53995c3f42cd8ad8' })).toMatchObject({
      ok: true,
      kind: 'subsegment',
    });
  });

  it('takes null for absent, and a number in a string for a number', () => {
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
    ['{"a": NaN}', 'ParseError', 'character 6: expected a JSON value, found "N"'],
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
    [{ name: 5 }, 'InvalidName', 'name: must be a string that is not empty, not 5'],
    [{ start_time: '1' }, 'InvalidSegment', 'start_time: must be epoch seconds, not "1"'],
    [{ end_time: -1 }, 'InvalidSegment', 'end_time: must be epoch seconds, not -1'],
    [{ fault: 'yes' }, 'InvalidSegment', 'fault: must be a boolean, not "yes"'],
    [{ http: [] }, 'InvalidSegment', 'http: must be an object, not an array'],
    [
      { http: { request: { url: 1 } } },
      'InvalidSegment',
      'http.request.url: must be a string, not 1',
    ],
    [
      { http: { response: { status: 200.5 } } },
      'InvalidSegment',
      'http.response.status: must be a whole number, not 200.5',
    ],
    [
      { http: { response: { status: 1e300 } } },
      'InvalidSegment',
      'http.response.status: must be a whole number, not 1e+300',
    ],
    [
      { annotations: { a: {} } },
      'InvalidAnnotation',
      'annotations.a: must be a string, a number or a boolean, not an object',
    ],
    [
      { subsegments: [{ ...sound, name: '' }] },
      'InvalidName',
      'subsegments[0].name: must be a string that is not empty, not ""',
    ],
    [
      { cause: { exceptions: [{ stack: [{ line: {} }] }] } },
      'InvalidSegment',
      'cause.exceptions[0].stack[0].line: must be a whole number, not an object',
    ],
    [
      { type: 'subsegment' },
      'InvalidSegment',
      'parent_id: must be 16 hexadecimal digits, not nothing',
    ],
  ])('names the field at fault: %j', (over, code, message) => {
    expect(faultOf(parse(over))).toMatchObject({ code, message });
  });

  it('knows the id of what it refuses', () => {
    expect(faultOf(parse({ name: 5 })).id).toBe(sound.id);
  });

  it.each([
    [{ trace_id: TRACE.replace('6b02ef12', '60000000') }, 'InvalidTraceId'],
    [{ trace_id: TRACE.replace('6b02ef12', '7b02ef12') }, 'InvalidTraceId'],
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
  ])('refuses in strict mode only: %.60j', (over, code) => {
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
  ])('answers %s with one fault', (_, json) => {
    expect(parseDocument(json).ok).toBe(false);
  });

  it('keeps __proto__ a key like any other', () => {
    const json = `{"__proto__":{"polluted":1},${text({ metadata: {} }).slice(1)}`;

    expect(parseDocument(json).ok).toBe(true);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('never throws, whatever the text', () => {
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

  it('never throws on sound documents with one field made wrong, and never passes a wrong type on', () => {
    const keys = [
      'id',
      'name',
      'trace_id',
      'start_time',
      'end_time',
      'http',
      'cause',
      'aws',
      'annotations',
      'metadata',
      'subsegments',
      'user',
      'service',
      'links',
      'parent_id',
      'sql',
      'type',
      'error',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        const outcome = parseDocument(text({ [key]: value }));
        if (!outcome.ok) return outcome.fault.message !== '';
        const { document } = outcome;
        return (
          typeof document.name === 'string' &&
          typeof document.start_time === 'number' &&
          (document.subsegments === undefined || Array.isArray(document.subsegments)) &&
          (document.http === undefined || typeof document.http === 'object')
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the same texts to be JSON as JSON.parse does', () => {
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
