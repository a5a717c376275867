import type { JSX } from 'preact';
import { Tabs, type Tab } from '../../../components/tabs';
import { ABSENT, count, duration, share } from '../../../model/format';
import type { Hint, TraceNode, TraceTree } from '@nestjs-xray/trace';
import { foldLabel } from '../../../model/trace/waterfall-rows';
import { foldTotal } from '../row';
import { SqlTab } from './document-tabs';
import { Field, Fields } from './fields';
import { CalledIn } from './source-link';
import { WhyHints } from './why-hints';
import style from './panel.module.css';

/** The panel for equal siblings in one row. */
export function FoldDetail({
  nodes,
  tree,
  hints,
  tab,
  onTab,
  onUnfold,
  unfolded,
}: {
  nodes: TraceNode[];
  tree: TraceTree;
  hints: Hint[];
  tab: string;
  onTab: (tab: string) => void;
  onUnfold: () => void;
  unfolded: boolean;
}): JSX.Element | null {
  const first = nodes[0];
  if (!first) return null;
  const { title } = foldLabel(nodes);
  const total = foldTotal(nodes);
  const overview = (): JSX.Element => (
    <>
      <Numbers nodes={nodes} total={total} />
      <WhyHints hints={hints} nodes={nodes} />
    </>
  );
  const tabs: Tab[] = [{ id: 'overview', label: 'Overview', body: overview }];
  if (first.tag === 'SQL') {
    tabs.push({
      id: 'sql',
      label: 'SQL',
      body: () => (
        <>
          <SqlTab node={first} />
          <h3>Each of the {count(nodes.length)}</h3>
          <Numbers nodes={nodes} total={total} />
          <WhyHints hints={hints} nodes={nodes} />
        </>
      ),
    });
  }
  const wanted = tabs.some((one) => one.id === tab) ? tab : (tabs[tabs.length - 1]?.id ?? '');
  return (
    <>
      <div class={style.head}>
        <h2 class="cut" title={title}>
          {count(nodes.length)} × {title}
        </h2>
        <button type="button" class="btn" onClick={onUnfold}>
          {unfolded ? 'Fold' : 'Unfold'}
        </button>
        <div class={style.facts}>
          {first.tag && <span class="tag">{first.tag}</span>}
          <span class="t2">{duration(total)}</span>
          <span class="t3">{share(total, tree.responseEnd ?? tree.duration)} of the response</span>
        </div>
      </div>
      <Tabs label="Details" tabs={tabs} selected={wanted} onSelect={onTab} />
    </>
  );
}

function Numbers({ nodes, total }: { nodes: TraceNode[]; total: number }): JSX.Element {
  const sorted = nodes.map((node) => node.total).sort((a, b) => a - b);
  const at = (part: number): string =>
    sorted.length
      ? duration(sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)])
      : ABSENT;
  const slowest = nodes.reduce((most, node) => (node.total > most.total ? node : most));
  return (
    <Fields>
      <Field name="Count">{count(nodes.length)}</Field>
      <Field name="Total">{duration(total)}</Field>
      <Field name="p50">{at(0.5)}</Field>
      <Field name="p95">{at(0.95)}</Field>
      <Field name="Slowest">
        {duration(slowest.total)}, no. {count(nodes.indexOf(slowest) + 1)}
      </Field>
      <CalledIn node={slowest} />
    </Fields>
  );
}
