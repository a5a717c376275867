import { idsInText } from './ids-in-text';

const trace = '1-6b02f6d3-8c1d7e04a95f2b6630d1e7ac';
const self = '1-6b02f6d3-0000000000000000000000aa';
const w3c = '6b02f6d38c1d7e04a95f2b6630d1e7ac';
const span = '53995c3f42cd8ad8';

describe('idsInText', () => {
  it.each([
    [trace, [trace], []],
    [trace.toUpperCase(), [trace], []],
    [w3c, [trace], []],
    [span, [], [span]],
    [`Root=${trace};Parent=${span};Sampled=1`, [trace], [span]],
    [`X-Amzn-Trace-Id: Self=${self};Root=${trace}`, [trace, self], []],
    [`00-${w3c}-${span}-01`, [trace], [span]],
    [`[14:06:12 ERROR] push failed trace_id=${w3c} span_id=${span} after 12 ms`, [trace], [span]],
    [`{"trace.id":"${w3c}","message":"x"}`, [trace], []],
    [`dd.trace_id=${w3c},${w3c}`, [trace], []],
  ])('finds the ids in %s', (text, traces, spans) => {
    const found = idsInText(text);
    expect(found.traces).toEqual(traces);
    expect(found.spans).toEqual(spans);
  });

  it.each([
    ['', 'user = "ada"', '/api/cart', '2026-11-22T14:06:11.377Z'],
    ['f47ac10b-58cc-4372-a567-0e02b2c3d479', `${w3c}0`, `x${span}`, '0'.repeat(32), '0'.repeat(16)],
  ])('finds none in other texts', (...texts) => {
    for (const text of texts) expect(idsInText(text)).toEqual({ traces: [], spans: [] });
  });
});
