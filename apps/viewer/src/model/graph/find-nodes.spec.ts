import { findNodes } from './find-nodes';
import type { MapNode } from './service-graph';

const node = (name: string, total = 1, fault = 0): MapNode => ({
  id: name,
  name,
  kind: 'service',
  label: 'Service',
  inferred: false,
  type: 'client',
  traffic: { total, ok: total - fault, error: 0, throttle: 0, fault, histogram: [] },
});
const names = (nodes: MapNode[], text: string) => findNodes(nodes, text).map(({ name }) => name);

describe('findNodes', () => {
  it('puts names that begin with the text first, then words that do, then the rest', () => {
    const nodes = ['reorder', 'api-orders', 'orders', 'cart'].map((name) => node(name));
    expect(names(nodes, 'order')).toEqual(['orders', 'api-orders', 'reorder']);
  });

  it('ignores case, and spaces around the text', () => {
    expect(names([node('Orders'), node('БИЛЛИНГ')], ' orD ')).toEqual(['Orders']);
    expect(names([node('Orders'), node('БИЛЛИНГ')], 'билл')).toEqual(['БИЛЛИНГ']);
  });

  it('puts the busier of two equal matches first', () => {
    expect(names([node('db-1', 2), node('db-2', 9)], 'db')).toEqual(['db-2', 'db-1']);
  });

  it('puts nodes with faults before busier ones', () => {
    expect(names([node('db-1', 9), node('db-2', 2, 1)], 'db')).toEqual(['db-2', 'db-1']);
  });

  it('treats every character literally', () => {
    expect(names([node('a.b'), node('axb')], '.')).toEqual(['a.b']);
  });

  it.each(['', '  ', 'nothing'])('finds nothing for %j', (text) => {
    expect(findNodes([node('orders')], text)).toEqual([]);
  });
});
