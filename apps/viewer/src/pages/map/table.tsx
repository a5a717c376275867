import type { JSX } from 'preact';
import { Glyph } from '../../components/status';
import { count, ms } from '../../model/format';
import {
  healthOf,
  percentile,
  type ServiceMap,
  type Traffic,
} from '../../model/graph/service-graph';
import { healthWords, kindWords, rateWords } from './words';
import style from './map.module.css';

/** The map as tables. */
export function MapTable({
  map,
  selected,
  onSelect,
}: {
  map: ServiceMap;
  selected: string;
  onSelect: (id: string) => void;
}): JSX.Element {
  const name = (id: string): string => map.nodes.find((node) => node.id === id)?.name ?? '';
  const rate = map.minutes > 0 ? 'Rate' : 'Calls';
  return (
    <section class={style.table} aria-label="Service map as tables" tabIndex={0}>
      <table>
        <caption>Nodes</caption>
        <Heading first="Name" second="Kind" rate={rate} />
        <tbody>
          {map.nodes.map((node) => (
            <tr key={node.id} class={node.id === selected ? style.on : ''}>
              <th scope="row" class={style.firstName} title={node.name}>
                <button
                  type="button"
                  data-node={node.id}
                  aria-pressed={node.id === selected}
                  onClick={() => onSelect(node.id)}
                >
                  <bdi>{node.name}</bdi>
                </button>
                <span class={`${style.beneath} t3`}>{kindWords(node)}</span>
              </th>
              <td class={`t2 ${style.secondName}`}>{kindWords(node)}</td>
              <TrafficCells traffic={node.traffic} minutes={map.minutes} />
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Edges</caption>
        <Heading first="From" second="To" rate={rate} />
        <tbody>
          {map.edges.map((edge) => (
            <tr key={edge.id} class={edge.id === selected ? style.on : ''}>
              <th scope="row" class={style.firstName} title={name(edge.from)}>
                <button
                  type="button"
                  aria-pressed={edge.id === selected}
                  onClick={() => onSelect(edge.id)}
                >
                  <bdi>{name(edge.from)}</bdi>
                </button>
                <span class={style.beneath}>
                  → <bdi>{name(edge.to)}</bdi>
                </span>
              </th>
              <td class={style.secondName} title={name(edge.to)}>
                <bdi>{name(edge.to)}</bdi>
              </td>
              <TrafficCells traffic={edge.traffic} minutes={map.minutes} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heading({
  first,
  second,
  rate,
}: {
  first: string;
  second: string;
  rate: string;
}): JSX.Element {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        <th scope="col" class={style.secondName}>
          {second}
        </th>
        <th scope="col" class="num">
          {rate}
        </th>
        <th scope="col" class="num">
          p50, ms
        </th>
        <th scope="col" class="num">
          p95, ms
        </th>
        <th scope="col">Health</th>
        <th scope="col" class={`num ${style.wide}`}>
          Error
        </th>
        <th scope="col" class={`num ${style.wide}`}>
          Throttle
        </th>
        <th scope="col" class={`num ${style.wide}`}>
          Fault
        </th>
      </tr>
    </thead>
  );
}

function TrafficCells({ traffic, minutes }: { traffic: Traffic; minutes: number }): JSX.Element {
  const health = healthOf(traffic);
  return (
    <>
      <td class="num">{rateWords(traffic.total, minutes)}</td>
      <td class="num">{ms(percentile(traffic, 0.5))}</td>
      <td class="num">{ms(percentile(traffic, 0.95))}</td>
      <td class={style.health}>
        {traffic.total > 0 ? (
          <span class={`st s-${health}`}>
            <Glyph name={health} />
            {healthWords(traffic)}
          </span>
        ) : (
          <span class="t3">–</span>
        )}
      </td>
      <td class={`num ${style.wide}`}>{count(traffic.error)}</td>
      <td class={`num ${style.wide}`}>{count(traffic.throttle)}</td>
      <td class={`num ${style.wide}`}>{count(traffic.fault)}</td>
    </>
  );
}
