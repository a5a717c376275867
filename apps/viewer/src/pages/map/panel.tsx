import type { JSX } from 'preact';
import type { TraceQuery } from '../../api/client';
import { IconButton } from '../../components/button';
import { Sheet } from '../../components/sheet';
import { Badge, Glyph } from '../../components/status';
import { count, duration, ms, plural, share } from '../../model/format';
import {
  edgeFilter,
  healthOf,
  nodeFilter,
  percentile,
  type MapEdge,
  type MapNode,
  type ServiceMap,
  type Traffic,
} from '../../model/graph/service-graph';
import { countNodes, troubled } from '../../model/graph/fold-stores';
import { Histogram } from './histogram';
import { Neighbours } from './neighbours';
import { TracesBehind } from './traces-behind';
import { HEALTHS, healthWords, kindWords, rateWords } from './words';
import style from './map.module.css';

interface PanelProps {
  map: ServiceMap;
  selected: string;
  onSelect: (id: string) => void;
  /** Whether the map is so large that the list of nodes with errors or faults stays visible. */
  large: boolean;
  range: TraceQuery;
  traceId?: string;
}

/** Facts about the selected node or edge, or about the whole map if none is selected. */
export function Panel(props: PanelProps): JSX.Element {
  const { map, selected, onSelect } = props;
  const node = map.nodes.find(({ id }) => id === selected);
  const edge = map.edges.find(({ id }) => id === selected);
  const from = edge && map.nodes.find(({ id }) => id === edge.from);
  const to = edge && map.nodes.find(({ id }) => id === edge.to);
  const close = (): void => onSelect('');
  const between = edge && from && to ? { edge, from, to } : undefined;
  const health = (node ?? edge) ? healthOf((node ?? edge)!.traffic) : undefined;
  const name =
    node?.name ?? (between ? `${between.from.name} → ${between.to.name}` : troubleWords(map));
  return (
    <Sheet
      title={
        <span class={style.sheetTitle}>
          {health && (
            <span class={`s-${health}`}>
              <Glyph name={health} label={health} />
            </span>
          )}
          <b class="cut">{name}</b>
        </span>
      }
    >
      {node ? (
        <NodePanel {...props} node={node} onClose={close} />
      ) : between ? (
        <EdgePanel {...props} {...between} onClose={close} />
      ) : (
        <Overview map={map} onSelect={onSelect} />
      )}
    </Sheet>
  );
}

function troubleWords(map: ServiceMap): string {
  const { length } = troubled(map);
  return length > 0 ? `${length} of ${plural(countNodes(map), 'node')} in trouble` : 'No trouble';
}

function NodePanel(props: PanelProps & { node: MapNode; onClose: () => void }): JSX.Element {
  const { map, node, traceId } = props;
  const health = healthOf(node.traffic);
  const filter = nodeFilter(node, health, map);
  return (
    <aside class={style.panel} aria-label="Selected node">
      {props.large && <InTrouble map={map} selected={props.selected} onSelect={props.onSelect} />}
      <Head title={node.name} onClose={props.onClose}>
        <span class="t3">{kindWords(node)}</span>
        {node.traffic.total > 0 && <Badge status={health}>{healthWords(node.traffic)}</Badge>}
      </Head>
      <Figures traffic={node.traffic} minutes={map.minutes} />
      <Answers traffic={node.traffic} />
      <Histogram traffic={node.traffic} />
      <Neighbours map={map} node={node} onSelect={props.onSelect} />
      {traceId === undefined && <TracesBehind filter={filter} range={props.range} />}
    </aside>
  );
}

function EdgePanel(
  props: PanelProps & { edge: MapEdge; from: MapNode; to: MapNode; onClose: () => void },
): JSX.Element {
  const { map, edge, from, to, traceId } = props;
  const health = healthOf(edge.traffic);
  return (
    <aside class={style.panel} aria-label="Selected edge">
      {props.large && <InTrouble map={map} selected={props.selected} onSelect={props.onSelect} />}
      <Head title={`${from.name} → ${to.name}`} onClose={props.onClose}>
        <span class="t3">{rateWords(edge.traffic.total, map.minutes)}</span>
        {edge.traffic.total > 0 && <Badge status={health}>{healthWords(edge.traffic)}</Badge>}
      </Head>
      <Figures traffic={edge.traffic} minutes={map.minutes} />
      <Answers traffic={edge.traffic} />
      <Histogram traffic={edge.traffic} />
      {traceId === undefined && (
        <TracesBehind filter={edgeFilter(from, to, health)} range={props.range} />
      )}
    </aside>
  );
}

function Head({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: preact.ComponentChildren;
}): JSX.Element {
  return (
    <div class={style.panelHead}>
      <h2 title={title}>
        <bdi>{title}</bdi>
      </h2>
      <IconButton icon="close" label="Close" onClick={onClose} />
      <div class={style.panelFacts}>{children}</div>
    </div>
  );
}

function Figures({ traffic, minutes }: { traffic: Traffic; minutes: number }): JSX.Element {
  const p50 = percentile(traffic, 0.5);
  const p95 = percentile(traffic, 0.95);
  return (
    <dl class={style.figures}>
      <div>
        <dt>{minutes > 0 ? 'Requests' : 'Calls'}</dt>
        <dd>{count(traffic.total)}</dd>
      </div>
      <div>
        <dt>p50</dt>
        <dd>
          {ms(p50)}
          {p50 !== undefined && <span class="u">ms</span>}
        </dd>
      </div>
      <div>
        <dt>p95</dt>
        <dd>
          {ms(p95)}
          {p95 !== undefined && <span class="u">ms</span>}
        </dd>
      </div>
    </dl>
  );
}

function Answers({ traffic }: { traffic: Traffic }): JSX.Element {
  return (
    <>
      <h3>Answers</h3>
      <dl class={style.answers}>
        {HEALTHS.map((health) => (
          <div key={health}>
            <dt class={`st s-${health}`}>
              <Glyph name={health} />
              {health}
            </dt>
            <dd aria-hidden="true" class={`${style.answer} s-${health}`}>
              <i style={{ width: `${(traffic[health] / Math.max(1, traffic.total)) * 100}%` }} />
            </dd>
            <dd class="num">
              <b>{count(traffic[health])}</b>
            </dd>
            <dd class="num t3">
              {traffic[health] ? share(traffic[health], traffic.total) : '0 %'}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** Shown if nothing is selected: what the map covers, and which nodes have errors or faults. */
/** Whole minutes. A range that is updated every second would show its seconds otherwise. */
function rounded(minutes: number): number {
  return minutes < 1 ? minutes : Math.round(minutes);
}

function Overview({
  map,
  onSelect,
}: {
  map: ServiceMap;
  onSelect: (id: string) => void;
}): JSX.Element {
  return (
    <aside class={style.panel} aria-label="The whole map">
      <div class={style.panelHead}>
        <h2>{plural(countNodes(map), 'node')}</h2>
        <div class={`${style.panelFacts} t3`}>
          {plural(map.edges.length, 'edge')}
          {map.minutes > 0 && `, over ${duration(rounded(map.minutes) * 60)}`}
        </div>
      </div>
      <InTrouble map={map} selected="" onSelect={onSelect} />
      <p class={`t3 ${style.small}`}>Select a node or an edge to see its numbers and traces.</p>
    </aside>
  );
}

/** The nodes with errors or faults, worst first. */
function InTrouble({
  map,
  selected,
  onSelect,
}: {
  map: ServiceMap;
  selected: string;
  onSelect: (id: string) => void;
}): JSX.Element {
  const nodes = troubled(map);
  // Above the name of the selection, the list is a section of its own.
  const Heading = selected ? 'h2' : 'h3';
  return (
    <>
      <Heading class={style.inTroubleHead}>
        {nodes.length > 0 ? 'In trouble' : 'No trouble'}
      </Heading>
      {nodes.length === 0 && <p class={`t2 ${style.small}`}>No node has problems.</p>}
      <ul class={`${style.neighbours} ${style.inTrouble}`}>
        {nodes.map((node) => (
          <li key={node.id}>
            <button
              type="button"
              aria-current={node.id === selected ? 'true' : undefined}
              onClick={() => onSelect(node.id)}
            >
              <bdi class="cut">{node.name}</bdi>
              <span class={`st s-${healthOf(node.traffic)}`}>
                <Glyph name={healthOf(node.traffic)} />
                {healthWords(node.traffic)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
