import { completionAt, insert, wordsFor } from './filter-complete';
import { filterTokens, toneOf } from './filter-tokens';

/** `|` is where the caret stands. */
const at = (text: string) => completionAt(text.replace('|', ''), text.indexOf('|'));
const want = (text: string) => at(text).want;
const words = (text: string): string[] => wordsFor(at(text)).map((word) => word.text);

describe('filterTokens', () => {
  it('gives back the whole text, whatever it is', () => {
    for (const text of [
      'service("a b") { fault } AND !http.url ENDSWITH "/x"',
      'annotation[a.b] >= -1.5e3',
      '"open',
      '== ££ \u0000',
      '',
    ]) {
      expect(
        filterTokens(text)
          .map((token) => token.text)
          .join(''),
      ).toBe(text);
    }
  });

  it('colours what X-Ray knows', () => {
    const tones = filterTokens('service("a") AND nonsense = annotation.x')
      .filter((token) => token.kind !== 'space')
      .map(toneOf);
    expect(tones).toEqual(['k', '', 's', '', 'k', '', '', 'k']);
  });
});

describe('wordsFor', () => {
  it('offers the words of root causes in their braces only', () => {
    expect(words('cover|')).toEqual([]);
    expect(words('service("a") { cover|')).toEqual([]);
    expect(words('rootcause.fault.entity { cover|')).toEqual(['coverage']);
    expect(words('rootcause.fault.entity { name } AND cover|')).toEqual([]);
  });
});

describe('completionAt', () => {
  it.each([
    ['|', 'term'],
    ['fau|', 'term'],
    ['fault AND |', 'term'],
    ['service("a") { |', 'term'],
    ['!|', 'term'],
    ['(|', 'term'],
    ['annotation.|', 'annotation'],
    ['annotation.han|', 'annotation'],
    ['responsetime |', 'operator'],
    ['annotation.handle |', 'operator'],
    ['fault |', 'operator'],
    ['http.status = 500 |', 'joiner'],
    ['service("a") |', 'joiner'],
    ['user = "x" |', 'joiner'],
    ['responsetime > |', 'nothing'],
    ['nonsense |', 'nothing'],
    ['user = "x"|', 'nothing'],
  ])('wants after %p: %p', (text, kind) => expect(want(text).kind).toBe(kind));

  it('knows whose values fit', () => {
    expect(want('service(|')).toEqual({ kind: 'value', of: 'services' });
    expect(want('edge("a", "b|')).toEqual({ kind: 'value', of: 'services' });
    expect(want('user = "and|')).toEqual({ kind: 'value', of: 'users' });
    expect(want('annotation.handle = |')).toEqual({
      kind: 'value',
      of: 'annotation-values',
      key: 'handle',
    });
    expect(want('annotation[a.b] = "x|')).toEqual({
      kind: 'value',
      of: 'annotation-values',
      key: 'a.b',
    });
    expect(want('fault = |')).toEqual({ kind: 'value', of: 'booleans' });
  });

  it('replaces all of the word or string that the caret stands in', () => {
    expect(at('http.u|rl = "x"')).toMatchObject({ from: 0, to: 8, prefix: 'http.u' });
    expect(at('user = "an|drew" AND ok')).toMatchObject({ from: 7, to: 15, prefix: 'an' });
  });
});

describe('wordsFor', () => {
  it('offers what begins as written before what only contains it', () => {
    expect(words('rootcause.fault|')).toEqual([
      'rootcause.fault.service',
      'rootcause.fault.entity',
      'rootcause.fault.exception',
    ]);
    expect(words('dur|')).toEqual(['duration']);
    expect(words('status|')).toEqual(['http.status']);
  });

  it('offers operators that fit the type', () => {
    expect(words('duration |')).toEqual(['>', '>=', '<', '<=', '=', '!=']);
    expect(words('fault |')).toEqual(['=', '!=', 'AND', 'OR']);
    expect(words('http.url |')).toContain('ENDSWITH');
  });
});

describe('insert', () => {
  it('puts the choice in place and the caret behind it', () => {
    expect(insert('fa', at('fa|'), 'fault')).toEqual({ text: 'fault ', caret: 6 });
    expect(insert('service(', at('service(|'), '"backend"')).toEqual({
      text: 'service("backend" ',
      caret: 18,
    });
    expect(insert('ser', at('ser|'), 'service(')).toEqual({ text: 'service(', caret: 8 });
    expect(insert('us = "x"', at('us| = "x"'), 'user')).toEqual({ text: 'user = "x"', caret: 5 });
    expect(insert('fault', at('fault |'.replace(' ', '')), 'fault')).toEqual({
      text: 'fault ',
      caret: 6,
    });
  });
});
