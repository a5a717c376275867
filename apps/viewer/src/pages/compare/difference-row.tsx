import type { JSX } from 'preact';
import { Glyph } from '../../components/status';
import { traceHref } from '../../model/address';
import { isOpen, type Change, type CompareRow, type CompareSide } from '@nestjs-xray/trace';
import { count, ms } from '../../model/format';
import { severity, type TraceTree } from '@nestjs-xray/trace';
import { signed } from './sides';
import style from './compare.module.css';

const MARKS: Record<Change, string> = { new: '+', gone: '−', slower: '▴', faster: '▾', same: '=' };

/** Maximum indentation, so that the names of deep rows stay inside the table. */
const MOST_INDENT = 12;

/** The position of zero and the width of a second, as shares of the column. */
export interface DeltaScale {
  zero: number;
  unit: number;
}

export function DifferenceRow({
  row,
  a,
  b,
  scale,
  flat,
}: {
  row: CompareRow;
  a: TraceTree;
  b: TraceTree;
  scale: DeltaScale;
  /** Whether the list is filtered, so that rows are not indented like a tree. */
  flat: boolean;
}): JSX.Element {
  const indent = flat ? 0 : Math.min(row.depth, MOST_INDENT) * 14;
  const open = isOpen(row);
  const target = row.b ? { tree: b, side: row.b } : { tree: a, side: row.a };
  return (
    <tr class={style[`${row.change}Row`]}>
      <th scope="row" class={style.name}>
        <span class={style.nameAndTags} style={{ paddingLeft: `${indent}px` }}>
          <Trouble row={row} />
          <a
            class="cut"
            title={row.label}
            data-row
            data-change={row.change}
            href={traceHref(target.tree.id, undefined, { select: target.side?.nodes[0] })}
          >
            <bdi>{row.label}</bdi>
          </a>
          {(row.a?.count ?? 0) !== (row.b?.count ?? 0) &&
            Math.max(row.a?.count ?? 0, row.b?.count ?? 0) > 1 && (
              <span class="tag">
                {count(row.a?.count ?? 0)} → {count(row.b?.count ?? 0)}
              </span>
            )}
          {row.a?.count === row.b?.count && (row.a?.count ?? 0) > 1 && (
            <span class="tag">{count(row.a!.count)} ×</span>
          )}
          {row.tag && <span class="tag">{row.tag}</span>}
        </span>
      </th>
      <td class={`num ${style.timeA}`}>
        <Value side={row.a} tree={a} />
      </td>
      <td class={`num ${style.timeB}`}>
        <Value side={row.b} tree={b} />
      </td>
      <td class={`num ${style.difference}`}>{!open && <b>{signed(row.delta)}</b>}</td>
      <td class={style.barCell}>
        <span class={style.bars} style={{ '--zero': `${scale.zero * 100}%` }}>
          {!open && <Bar row={row} scale={scale} />}
        </span>
      </td>
      <td class={style.change}>
        <span class={style.changeWord}>
          <span aria-hidden="true">{MARKS[row.change]}</span> {row.change}
        </span>
      </td>
    </tr>
  );
}

function Bar({ row, scale: { zero, unit } }: { row: CompareRow; scale: DeltaScale }): JSX.Element {
  const width = Math.abs(row.delta) * unit;
  const left = row.delta < 0 ? zero - width : zero;
  return (
    <i
      class={`${style[row.change]} ${style[row.hue]}`}
      style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
    />
  );
}

function Value({ side, tree }: { side: CompareSide | undefined; tree: TraceTree }): JSX.Element {
  if (!side) return <span class="t3">–</span>;
  if (side.inProgress) return <span class="s-progress">…</span>;
  return (
    <a href={traceHref(tree.id, undefined, { select: side.nodes[0] })} tabIndex={-1}>
      {ms(side.total)}
    </a>
  );
}

/** The worse outcome of both traces, and in which trace it occurred. */
function Trouble({ row: { a, b } }: { row: CompareRow }): JSX.Element {
  const inA = a?.worst ?? 'ok';
  const inB = b?.worst ?? 'ok';
  const worst = severity(inB) >= severity(inA) ? inB : inA;
  if (worst !== 'ok') {
    const began = (a?.worst === worst && a.origin) || (b?.worst === worst && b.origin);
    const where = inA === inB ? 'both' : worst === inB ? 'B' : 'A';
    return (
      <span class={`s-${worst}`} title={`${worst} in ${where}`}>
        <Glyph
          name={worst === 'fault' && !began ? 'below' : worst}
          label={`${worst} in ${where}`}
        />
      </span>
    );
  }
  if (a?.inProgress || b?.inProgress) {
    return (
      <span class="s-progress" title="in progress">
        <Glyph name="progress" label="in progress" />
      </span>
    );
  }
  return <span class={style.slot} />;
}
