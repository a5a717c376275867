import { safeName } from './safe-name';

describe('safeName', () => {
  it.each([
    ['Cart.total', 'Cart.total'],
    ['a{b}c\n', 'abc'],
    ['{}', 'unnamed'],
    ['', 'unnamed'],
    ['Größe 語', 'Größe 語'],
  ])('turns %j into a name that X-Ray accepts', (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  it('keeps the first 200 valid characters', () => {
    expect(safeName('a{'.repeat(300))).toBe('a'.repeat(200));
    expect(safeName('b'.repeat(1_000))).toBe('b'.repeat(200));
  });
});
