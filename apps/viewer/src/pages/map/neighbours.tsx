import type { JSX } from 'preact';
import { Glyph } from '../../components/status';
import { duration } from '../../model/format';
import {
  healthOf,
  percentile,
  type MapEdge,
  type MapNode,
  type ServiceMap,
} from '../../model/graph/service-graph';
import { rateWords } from './words';
import style from './map.module.css';

/** The callers of a node and the nodes that it calls, as links to the edges. */
export function Neighbours({
  map,
  node,
  onSelect,
}: {
  map: ServiceMap;
  node: MapNode;
  onSelect: (id: string) => void;
}): JSX.Element {
  const into = map.edges.filter((edge) => edge.to === node.id);
  const out = map.edges.filter((edge) => edge.from === node.id && edge.to !== node.id);
  return (
    <>
      <EdgeList
        title="Called by"
        edges={into}
        other={(edge) => edge.from}
        map={map}
        onSelect={onSelect}
      />
      <EdgeList title="Calls" edges={out} other={(edge) => edge.to} map={map} onSelect={onSelect} />
    </>
  );
}

function EdgeList({
  title,
  edges,
  other,
  map,
  onSelect,
}: {
  title: string;
  edges: MapEdge[];
  other: (edge: MapEdge) => string;
  map: ServiceMap;
  onSelect: (id: string) => void;
}): JSX.Element | null {
  if (edges.length === 0) return null;
  const busiest = [...edges].sort((a, b) => b.traffic.total - a.traffic.total);
  return (
    <>
      <h3>{title}</h3>
      <ul class={style.neighbours}>
        {busiest.map((edge) => {
          const health = healthOf(edge.traffic);
          return (
            <li key={edge.id}>
              <button type="button" onClick={() => onSelect(edge.id)}>
                {health !== 'ok' && (
                  <span class={`s-${health}`}>
                    <Glyph name={health} label={health} />
                  </span>
                )}
                <bdi class="cut">{map.nodes.find(({ id }) => id === other(edge))?.name}</bdi>
                <span class="num">{rateWords(edge.traffic.total, map.minutes)}</span>
                <span class="num t3">{duration(percentile(edge.traffic, 0.5))}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
