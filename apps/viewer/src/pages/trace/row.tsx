import type { JSX } from 'preact';
import { memo } from '../../components/memo';
import { Icon } from '../../components/icon';
import { Glyph, tone, type GlyphName } from '../../components/status';
import type { Window } from '../../model/trace/bars';
import { count, duration, ms } from '../../model/format';
import { length, openWord, type TraceNode, union } from '@nestjs-xray/trace';
import { foldLabel, MOST_GUIDES, type Guide, type Row } from '../../model/trace/waterfall-rows';
import { startsFault } from '../../model/trace/starts-fault';
import { FoldBar, NodeBar } from './bar';
import { LogMarks, type LogsOnBars } from './logs/log-marks';
import { Marked } from './marked';
import style from './row.module.css';

interface RowProps {
  row: Row;
  index: number;
  top: number;
  selected: boolean;
  window: Window;
  words: string;
  currentHit: boolean;
  /** Whether the chosen hint is about this bar. */
  hinted: boolean;
  /** The log marks on the bar. */
  marks: LogsOnBars | undefined;
}

/** Position and size of the tree lines of a level, `x` from the left. */
const LINES: Record<Guide, (x: string) => string[]> = {
  through: (x) => [`${x} 0/1px 100%`],
  branch: (x) => [`${x} 0/1px 100%`, `${x} 12px/8px 1px`],
  last: (x) => [`${x} 0/1px 12px`, `${x} 12px/8px 1px`],
  none: () => [],
};

/** The tree lines as one background, because an element for each made scrolling slower. */
function guideStyle(guides: readonly Guide[]): { width: string; background: string } {
  const steps = (count: number): string => `calc(${count} * var(--step))`;
  return {
    width: steps(guides.length),
    background: guides
      .flatMap((guide, at) => LINES[guide](steps(at)))
      .map((line) => `linear-gradient(var(--guide) 0 0) ${line} no-repeat`)
      .join(),
  };
}

/** One row of the waterfall: name, times, bar. The grid handles clicks. */
function DrawnRow(props: RowProps): JSX.Element {
  const { row, index, top, selected } = props;
  const first = row.type === 'fold' ? (row.nodes[0] as TraceNode) : row.node;
  return (
    <div
      class={`${style.row} ${props.currentHit ? style.hit : ''} ${props.hinted ? style.hinted : ''}`}
      role="row"
      id={`row-${index}`}
      aria-level={row.depth}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-rowindex={index + 1}
      aria-expanded={row.expandable ? row.expanded : undefined}
      aria-selected={selected}
      aria-label={spoken(row)}
      tabIndex={selected ? 0 : -1}
      data-name={first.name}
      data-depth={row.depth}
      data-key={row.key}
      data-hinted={props.hinted || undefined}
      style={{ top: `${top}px` }}
    >
      <div class={style.name} role="gridcell">
        {row.depth - 1 > MOST_GUIDES && (
          <span class={style.deep}>{row.depth - 1 - MOST_GUIDES}+</span>
        )}
        {row.guides.length > 0 && <i class={style.guides} style={guideStyle(row.guides)} />}
        <span class={style.twist} data-twist>
          {row.expandable && <Icon name={row.expanded ? 'down' : 'right'} />}
        </span>
        {row.type === 'fold' ? (
          <FoldName row={row} words={props.words} />
        ) : (
          <NodeName row={row} words={props.words} />
        )}
      </div>
      <Times row={row} />
      <div class={style.timeline} role="gridcell" data-timeline>
        {row.type === 'fold' ? (
          <FoldBar nodes={row.nodes} window={props.window} />
        ) : (
          <NodeBar node={row.node} window={props.window} />
        )}
        {props.marks && <LogMarks row={row} window={props.window} {...props.marks} />}
      </div>
    </div>
  );
}

export const WaterfallRow = memo(DrawnRow);

function NodeName({
  row,
  words,
}: {
  row: Extract<Row, { type: 'node' }>;
  words: string;
}): JSX.Element {
  const { node } = row;
  const glyph = glyphOf(node);
  const origin = startsFault(node);
  return (
    <>
      {glyph && (
        <span class={tone(node.status === 'ok' ? glyph : node.status)} title={wordOf(node)}>
          <Glyph name={glyph} />
        </span>
      )}
      <span
        class={node.kind === 'segment' ? `cut ${style.service}` : 'cut'}
        title={`${node.title} ${node.detail}`}
      >
        <span class={origin ? `s-fault ${style.origin}` : ''}>
          <Marked text={node.title} words={words} />
        </span>
        {node.detail && (
          <>
            {' '}
            <span class="t2">
              <Marked text={node.detail} words={words} />
            </span>
          </>
        )}
      </span>
      {row.hidden > 0 && row.worstHidden !== 'ok' && node.status === 'ok' && (
        <span class={`${style.below} s-${row.worstHidden}`} title={`${row.worstHidden} below`}>
          <Glyph name={row.worstHidden === 'fault' ? 'below' : row.worstHidden} />
        </span>
      )}
      {node.skew > 0 && (
        <span class="tag" title="Began before its caller: the clocks of the machines differ">
          clock
        </span>
      )}
      {node.orphan && (
        <span class="tag" title="Its parent has not arrived">
          no parent
        </span>
      )}
      {row.hidden > 0 ? (
        <span class="tag">{count(row.hidden)}</span>
      ) : (
        node.tag && <span class="tag">{node.tag}</span>
      )}
    </>
  );
}

function FoldName({
  row,
  words,
}: {
  row: Extract<Row, { type: 'fold' }>;
  words: string;
}): JSX.Element {
  const { title, detail } = foldLabel(row.nodes);
  const tag = row.nodes[0]?.tag;
  return (
    <>
      <b class={style.fold}>{count(row.nodes.length)} ×</b>
      <span class="cut" title={`${title} ${detail}`}>
        <Marked text={title} words={words} />{' '}
        <span class="t2">
          <Marked text={detail} words={words} />
        </span>
      </span>
      {tag && <span class="tag">{tag}</span>}
    </>
  );
}

function Times({ row }: { row: Row }): JSX.Element {
  if (row.type === 'fold') {
    return (
      <>
        <div class={style.total} role="gridcell" data-column="total">
          {ms(foldTotal(row.nodes))}
        </div>
        <div class={style.self} role="gridcell" data-column="self">
          –
        </div>
      </>
    );
  }
  const { node } = row;
  const open = node.inProgress || node.awaited;
  return (
    <>
      <div class={style.total} role="gridcell" data-column="total">
        {node.inProgress ? <span class="s-progress">…</span> : ms(node.total)}
      </div>
      <div class={style.self} role="gridcell" data-column="self">
        {open ? '–' : ms(node.self)}
      </div>
    </>
  );
}

/** The time during which at least one of the nodes ran. */
export function foldTotal(nodes: TraceNode[]): number {
  return length(union(nodes.map((node) => [node.start, node.end])));
}

export function glyphOf(node: TraceNode): GlyphName | undefined {
  if (node.status === 'fault')
    return node.passedUp && node.kind === 'subsegment' ? 'below' : 'fault';
  if (node.status !== 'ok') return node.status;
  if (node.awaited || node.silent) return 'waiting';
  return node.inProgress ? 'progress' : undefined;
}

export function wordOf(node: TraceNode): string {
  if (node.status !== 'ok')
    return node.passedUp ? `${node.status}, passed up from below` : node.status;
  if (node.awaited) return 'waiting for the called service';
  return node.inProgress ? openWord(node.silent) : 'ok';
}

/** The row as text for screen readers. It begins with the name of the document. */
function spoken(row: Row): string {
  if (row.type === 'fold') {
    const first = row.nodes[0] as TraceNode;
    const { title } = foldLabel(row.nodes);
    return `${first.name}${title === first.name ? '' : `, ${title}`}, ${count(row.nodes.length)} times, ${duration(foldTotal(row.nodes))} in all`;
  }
  const { node } = row;
  const parts = [node.name];
  if (node.title !== node.name) parts.push(node.title);
  if (node.detail) parts.push(node.detail);
  if (node.tag === 'segment') parts.push('segment');
  if (node.status !== 'ok' || node.inProgress || node.awaited) parts.push(wordOf(node));
  if (!node.inProgress) parts.push(`${duration(node.total)}, self ${duration(node.self)}`);
  if (row.hidden > 0)
    parts.push(
      `${count(row.hidden)} hidden${row.worstHidden === 'ok' ? '' : `, ${row.worstHidden} among them`}`,
    );
  return parts.join(', ');
}
