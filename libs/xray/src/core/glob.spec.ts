import { globMatcher } from './glob';

describe('globMatcher', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['/health/*', '/health/live', true],
    ['/health/*', '/healthy', false],
    ['/health', '/HEALTH', true],
    ['/health*', '/health', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*.internal', 'db.internal', true],
    ['*.internal', 'db.internal.example', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['**', 'x', true],
    ['x**?', 'xy', true],
    ['', '', true],
    ['', 'a', false],
    ['(a|b)+', '(a|b)+', true],
  ])('of %j on %j says %p', (glob, text, matches) => {
    expect(globMatcher(glob)(text)).toBe(matches);
  });

  it('is fast for a glob that would make a regular expression backtrack for a very long time', () => {
    expect(globMatcher('*a'.repeat(50) + 'b')('a'.repeat(5_000))).toBe(false);
  });
});
