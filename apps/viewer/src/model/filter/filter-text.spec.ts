import { and, annotationFilter, literal } from './filter-text';

describe('filter expressions', () => {
  it('are written with their values quoted', () => {
    expect(annotationFilter('handle', 'a "b" \\c')).toBe('annotation.handle = "a \\"b\\" \\\\c"');
    expect(annotationFilter('a.b', 3)).toBe('annotation["a.b"] = 3');
    expect(annotationFilter('odd "key"]', 3)).toBe('annotation["odd \\"key\\"]"] = 3');
    expect(literal(true)).toBe('true');
  });

  it('are joined without changing what they mean', () => {
    expect(and('', 'fault')).toBe('fault');
    expect(and('ok', 'fault')).toBe('ok AND fault');
    expect(and('ok OR error', 'fault')).toBe('(ok OR error) AND fault');
    expect(and('fault', '')).toBe('fault');
    expect(and('fault', 'ok OR error')).toBe('fault AND (ok OR error)');
    expect(and('fault', '(ok OR error)')).toBe('fault AND (ok OR error)');
    expect(and('ok AND fault', 'fault')).toBe('ok AND fault');
  });
});
