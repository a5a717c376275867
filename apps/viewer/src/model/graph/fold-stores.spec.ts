import { around, centreOf, foldStores, neighboursOf, troubled } from './fold-stores';
import type { MapNode, NodeKind, ServiceMap, Traffic } from './service-graph';

const traffic = (total: number, fault = 0): Traffic => ({
  total,
  ok: total - fault,
  error: 0,
  throttle: 0,
  fault,
  histogram: [],
});
const node = (id: string, kind: NodeKind = 'service', fault = 0, total = 10): MapNode => ({
  id,
  name: id,
  kind,
  label: kind,
  inferred: kind !== 'service',
  type: kind,
  traffic: traffic(total, fault),
});
const map = (nodes: MapNode[], ...edges: string[]): ServiceMap => ({
  nodes,
  edges: edges.map((edge) => {
    const [from = '', to = ''] = edge.split('>');
    return { id: edge, from, to, traffic: traffic(10) };
  }),
  minutes: 5,
});
const ids = (of: ServiceMap) => of.nodes.map(({ id }) => id);

describe('folding the databases of a map', () => {
  const shop = map(
    [
      node('clients', 'client', 0, 500),
      node('shop', 'service', 0, 50),
      node('mail', 'service', 2),
      node('own', 'database'),
      node('mail-db', 'database'),
      node('shared', 'database'),
      node('broken', 'database', 3),
      node('cdn', 'remote'),
    ],
    'clients>shop',
    'shop>mail',
    'shop>own',
    'mail>mail-db',
    'shop>shared',
    'mail>shared',
    'shop>broken',
    'shop>cdn',
  );

  it('folds a database with one caller into a number there, but not one that is shared or fails', () => {
    const { map: folded, stores } = foldStores(shop, '');
    expect(ids(folded)).toEqual(['clients', 'shop', 'mail', 'shared', 'broken', 'cdn']);
    expect(folded.edges.map(({ id }) => id)).not.toContain('shop>own');
    expect([...stores].map(([id, nodes]) => [id, nodes.map(({ name }) => name)])).toEqual([
      ['shop', ['own']],
      ['mail', ['mail-db']],
    ]);
  });

  it('does not fold what is selected', () => {
    expect(ids(foldStores(shop, 'own').map)).toContain('own');
    expect(ids(foldStores(shop, 'mail>mail-db').map)).toContain('mail-db');
  });

  it('finds the neighbours of a node and of an edge', () => {
    const near = (id: string) => [...neighboursOf(shop, id)].filter((one) => !one.includes('>'));
    expect(near('mail').sort()).toEqual(['mail', 'mail-db', 'shared', 'shop']);
    expect(near('shop>own').sort()).toEqual(['own', 'shop']);
    expect(near('')).toEqual([]);
    expect(near('gone')).toEqual([]);
  });

  it('shows the part around the selection, else around the worst node, else around the busiest service', () => {
    expect(ids(around(shop, 'cdn'))).toEqual(['shop', 'cdn']);
    expect(troubled(shop).map(({ id }) => id)).toEqual(['broken', 'mail']);
    expect(ids(around(shop, ''))).toEqual(['shop', 'broken']);
    expect(ids(around(shop, 'gone'))).toEqual(['shop', 'broken']);
    const healthy = map([node('clients', 'client', 0, 99), node('a'), node('b', 'service', 0, 20)]);
    expect(centreOf(healthy)?.id).toBe('b');
    expect(ids(around(healthy, ''))).toEqual(['b']);
    expect(ids(around(map([]), ''))).toEqual([]);
  });
});
