import { rateSpoken, rateWords } from './words';

describe('rateWords', () => {
  it.each([
    [120, 60, '2/min'],
    [2, 60, '2/h'],
    [1, 6_000, '< 1/h'],
    [0, 60, '0/min'],
    [3, 0, '3 ×'],
  ])('says of %d calls in %d minutes: %s', (total, minutes, words) => {
    expect(rateWords(total, minutes)).toBe(words);
  });

  it('is spoken in words', () => {
    expect(rateSpoken(2, 60)).toBe('2 calls per hour');
    expect(rateSpoken(1, 6_000)).toBe('less than 1 call per hour');
  });
});
