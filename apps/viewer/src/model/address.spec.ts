import { href, parseRoute, traceHref } from './address';

describe('parseRoute', () => {
  it.each([
    ['/', 'routes', ''],
    ['/routes', 'routes', ''],
    ['/errors', 'errors', ''],
    ['/queries', 'queries', ''],
    ['/queries/1', 'unknown', ''],
    ['/traces', 'traces', ''],
    ['/traces/', 'traces', ''],
    ['/traces/1-a-b', 'trace', '1-a-b'],
    ['/traces/1-a-b/flame', 'flame', '1-a-b'],
    ['/traces/1-a-b/statistics', 'statistics', '1-a-b'],
    ['/traces/1-a-b/map', 'trace-map', '1-a-b'],
    ['/map', 'map', ''],
    ['/compare', 'compare', ''],
    ['/sampling', 'sampling', ''],
    ['/traces/1-a-b/nothing', 'unknown', ''],
    ['/nothing', 'unknown', ''],
    ['/traces/%zz', 'trace', '%zz'],
  ])('parses %p as %p', (path, page, id) => {
    const route = parseRoute(path, '');
    expect(route.page).toBe(page);
    if (page !== 'unknown') expect(route.id).toBe(id);
  });

  it('parses the query', () => {
    expect(parseRoute('/traces', '?filter=a%20%3D%201').query.get('filter')).toBe('a = 1');
  });
});

describe('href', () => {
  it('omits empty values', () => {
    expect(href('/traces', { filter: '', range: undefined, live: false, group: 'a b' })).toBe(
      '/traces?group=a+b',
    );
    expect(href('/map')).toBe('/map');
  });

  it('escapes the id of a trace', () => {
    expect(traceHref('a/b?c', 'flame', { select: 'x' })).toBe('/traces/a%2Fb%3Fc/flame?select=x');
  });
});
