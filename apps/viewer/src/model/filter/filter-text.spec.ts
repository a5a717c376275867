import { and, annotationFilter, literal, partsOf } from './filter-text';

describe('filter expressions', () => {
  it('are written with their values quoted', () => {
    expect(annotationFilter('handle', 'a "b" \\c')).toBe('annotation.handle = "a \\"b\\" \\\\c"');
    expect(annotationFilter('a.b', 3)).toBe('annotation[a.b] = 3');
    expect(literal(true)).toBe('true');
  });

  it('are joined without changing what they mean', () => {
    expect(and('', 'fault')).toBe('fault');
    expect(and('ok', 'fault')).toBe('ok AND fault');
    expect(and('ok OR error', 'fault')).toBe('(ok OR error) AND fault');
    expect(and('ok AND fault', 'fault')).toBe('ok AND fault');
  });

  it('are taken apart at AND, outside of brackets and strings', () => {
    expect(partsOf('service("a AND b") { fault AND error } AND user = "x" and ok')).toEqual([
      'service("a AND b") { fault AND error }',
      'user = "x"',
      'ok',
    ]);
    expect(partsOf('a OR b')).toEqual(['a OR b']);
    expect(partsOf('')).toEqual([]);
  });
});
