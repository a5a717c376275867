import { meaningsOf } from './meanings';

const first = (text: string, keys: string[] = []): string[] =>
  meaningsOf(text, keys).map(({ filters }) => filters[0]!);

describe('meaningsOf', () => {
  it.each([
    ['/api/cart', 'http.url CONTAINS "/api/cart"'],
    ['https://shop.test/cart', 'http.url CONTAINS "https://shop.test/cart"'],
    ['alice', 'user = "alice"'],
    ['TypeError', 'exception CONTAINS "TypeError"'],
    ['NotFoundException', 'exception CONTAINS "NotFoundException"'],
    ['500', 'http.status = 500'],
    ['post', 'http.method = "POST"'],
    ['"two words"', 'user = "two words"'],
    ['status = 500', 'http.status = 500'],
    ['status:500', 'http.status = 500'],
    ['http.status == 500', 'http.status = 500'],
    ['status_code >= 400', 'http.status >= 400'],
    ['method = get', 'http.method = "GET"'],
    ['path=/api/cart', 'http.url CONTAINS "/api/cart"'],
    ['service:billing', 'service("billing")'],
    ['latency > 500ms', 'responsetime > 0.5'],
    ['duration>2s', 'duration > 2'],
    ["user == 'ada'", 'user = "ada"'],
    ['plan = gold', 'annotation.plan = "gold"'],
    ['app.version=2', 'annotation["app.version"] = 2'],
    ['message: timed', 'message CONTAINS "timed"'],
  ])('reads %s as %s', (text, filter) => {
    expect(first(text)).toEqual([filter]);
  });

  it('interprets several words separately', () => {
    expect(first('andrewbrown /search 500')).toEqual([
      'user = "andrewbrown"',
      'http.url CONTAINS "/search"',
      'http.status = 500',
    ]);
    expect(first('fault with status = 500 and alice')).toEqual([
      'http.status = 500',
      'fault',
      'user = "alice"',
    ]);
  });

  it('searches for a word in recorded annotations and in messages', () => {
    expect(meaningsOf('gold', ['plan', 'a b'])[0]!.filters).toEqual([
      'user = "gold"',
      'service("gold")',
      'annotation.plan = "gold"',
      'annotation["a b"] = "gold"',
      'message CONTAINS "gold"',
      'http.url CONTAINS "gold"',
      'exception CONTAINS "gold"',
    ]);
  });

  it('treats a sentence as a message', () => {
    expect(first('Cannot read properties of undefined here')).toEqual([
      'message CONTAINS "Cannot read properties of undefined here"',
    ]);
  });

  it('ignores the beginning of an expression', () => {
    for (const text of ['', 'annotation.pl', 'service("x")', 'http.status =', 'status =', 'http.'])
      expect(meaningsOf(text, [])).toEqual([]);
  });
});
