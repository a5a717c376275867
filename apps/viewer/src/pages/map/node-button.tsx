import type { JSX } from 'preact';
import { Icon, type IconName } from '../../components/icon';
import { Glyph } from '../../components/status';
import type { PlacedNode } from '../../model/graph/graph-layout';
import {
  healthOf,
  type Health,
  type MapNode,
  type NodeKind,
} from '../../model/graph/service-graph';
import { healthWords, kindWords } from './words';
import style from './map.module.css';

const ICONS: Record<NodeKind, IconName> = {
  client: 'user',
  service: 'service',
  database: 'database',
  remote: 'globe',
  aws: 'cloud',
};

/** The classes for the position of the name. */
const SIDES: Record<PlacedNode['label'], string | undefined> = {
  above: style.labelAbove,
  below: style.labelBelow,
  right: style.labelRight,
};

/** A node. Its radius shows the traffic, its ring the shares that failed. */
export function NodeButton({
  node,
  place,
  spoken,
  compact,
  far,
  stores,
  pressed,
  onSelect,
}: {
  node: MapNode;
  place: PlacedNode;
  /** Additional text for its accessible name. */
  spoken: string;
  /** Whether only the name is shown, and the health only if there are errors or faults. */
  compact: boolean;
  /** Whether it is not connected with the selection. Nodes with errors or faults are never dimmed. */
  far: boolean;
  stores: MapNode[] | undefined;
  pressed: boolean;
  onSelect: (id: string) => void;
}): JSX.Element {
  const health = healthOf(node.traffic);
  const dim = far && health === 'ok';
  return (
    <button
      type="button"
      class={[style.node, SIDES[place.label], node.inferred && style.inferred, dim && style.far]
        .filter(Boolean)
        .join(' ')}
      data-node={node.id}
      data-far={dim || undefined}
      aria-pressed={pressed}
      style={{ left: `${place.x - place.r}px`, top: `${place.y - place.r}px` }}
      onClick={() => onSelect(pressed ? '' : node.id)}
    >
      <span class={style.ring}>
        <Ring node={node} r={place.r} />
        <Icon name={ICONS[node.kind]} />
        {stores && (
          <span
            class={style.stores}
            aria-hidden="true"
            title={stores.map(({ name }) => name).join(', ')}
          >
            <Icon name="database" />
            {stores.length}
          </span>
        )}
      </span>
      <span class={style.label}>
        <b title={node.name}>
          <bdi>{node.name}</bdi>
        </b>
        <span class={compact ? 'vh' : `t3 ${style.kind}`}> {kindWords(node)}</span>
        {node.kind !== 'client' && (!compact || health !== 'ok') && (
          <span class={`${style.health} s-${health}`}>
            <Glyph name={health} />
            {healthWords(node.traffic)}
          </span>
        )}
        <span class="vh">{spoken}</span>
      </span>
    </button>
  );
}

/** Arcs for the shares that failed, clockwise from the top: fault, throttle, error. */
function Ring({ node, r }: { node: MapNode; r: number }): JSX.Element {
  const { traffic } = node;
  const radius = r - 3;
  const around = 2 * Math.PI * radius;
  const gap = 2;
  let start = 0;
  const arcs = (['fault', 'throttle', 'error'] as const).flatMap((health: Health) => {
    if (traffic[health] === 0 || node.kind === 'client') return [];
    // Long enough to be visible even for one in a thousand.
    const length = Math.max(9, (traffic[health] / Math.max(1, traffic.total)) * around - gap);
    const arc = { health, length: Math.min(length, around), offset: -start };
    start += arc.length + gap;
    return [arc];
  });
  return (
    <svg width={2 * r} height={2 * r} viewBox={`0 0 ${2 * r} ${2 * r}`} aria-hidden="true">
      <circle class={`${style.arc} ${style.okRing}`} cx={r} cy={r} r={radius} />
      <g transform={`rotate(-90 ${r} ${r})`}>
        {arcs.map(({ health, length, offset }) => (
          <circle
            key={health}
            class={`${style.arc} ${style[health] ?? ''}`}
            cx={r}
            cy={r}
            r={radius}
            stroke-dasharray={`${length.toFixed(1)} ${around.toFixed(1)}`}
            stroke-dashoffset={offset.toFixed(1)}
          />
        ))}
      </g>
    </svg>
  );
}
