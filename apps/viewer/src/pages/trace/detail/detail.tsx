import type { TraceLinks } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../../components/icon';
import { Badge, Glyph, tone } from '../../../components/status';
import { Tabs, type Tab } from '../../../components/tabs';
import {
  exceptionChains,
  exceptionsOf,
  recordedAt,
  sourceOf,
  type TraceNode,
} from '@nestjs-xray/trace';
import { count, duration } from '../../../model/format';
import { foldLabel } from '../../../model/trace/waterfall-rows';
import { glyphOf, wordOf } from '../row';
import { LogsTab } from '../logs/logs-tab';
import type { LogView } from '../logs/use-trace-logs';
import type { TraceView } from '../use-trace-view';
import { AnnotationsTab, AwsTab, HttpTab, MetadataTab, RawTab, SqlTab } from './document-tabs';
import { ExceptionTab } from './exception-tab';
import { FoldDetail } from './fold-detail';
import { OverviewTab } from './overview-tab';
import { SourceLink } from './source-link';
import style from './panel.module.css';

interface DetailProps {
  view: TraceView;
  logs: LogView;
  /** Links from and to other traces. Undefined until loaded. */
  links: TraceLinks | undefined;
}

/** The panel about the selection. On a narrow page it is a sheet at the bottom. */
export function Detail({ view, logs, links }: DetailProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const { selected, selectedFold: fold } = view;
  const row = view.rows[view.selectedRow];
  const before = useRef(view.chosen);
  // Open the sheet for what the user selects, but not for the initial selection of the page.
  useEffect(() => {
    if (view.chosen && view.chosen !== before.current) setOpen(true);
    before.current = view.chosen;
  }, [view.chosen]);
  return (
    <aside class={open ? `${style.panel} ${style.open}` : style.panel} aria-label="Detail">
      <button
        type="button"
        class={style.sheetBar}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {selected && <SheetTitle node={selected} fold={fold} />}
        <Icon name={open ? 'down' : 'up'} />
      </button>
      <div class={style.body}>
        {fold && row ? (
          <FoldDetail
            nodes={fold}
            tree={view.tree}
            hints={view.hints}
            tab={view.tab}
            onTab={(tab) => view.set({ tab })}
            onUnfold={() => view.toggle(row)}
            unfolded={row.expanded}
          />
        ) : (
          selected && <NodeDetail node={selected} view={view} logs={logs} links={links} />
        )}
      </div>
    </aside>
  );
}

function SheetTitle({
  node,
  fold,
}: {
  node: TraceNode;
  fold: TraceNode[] | undefined;
}): JSX.Element {
  const glyph = glyphOf(node) ?? 'ok';
  const exception = exceptionsOf(node)[0];
  return (
    <>
      <span class={tone(glyph)}>
        <Glyph name={glyph} />
      </span>
      <span class="cut">
        <b>
          {fold && `${count(fold.length)} × `}
          <bdi>{fold ? foldLabel(fold).title : node.title}</bdi>
        </b>
        <br />
        <span class="t2">
          {exception
            ? `${exception.type}: ${exception.message}`
            : `${wordOf(node)} · ${duration(node.total)}`}
        </span>
      </span>
    </>
  );
}

function NodeDetail({ node, view, logs, links }: DetailProps & { node: TraceNode }): JSX.Element {
  const tabs = tabsOf(node, view, logs, links);
  const wanted =
    view.tab || (tabs.some((tab) => tab.id === 'exception') ? 'exception' : 'overview');
  const selected = tabs.some((tab) => tab.id === wanted) ? wanted : 'overview';
  const source = sourceOf(node);
  return (
    <>
      <div class={style.head}>
        <h2 class="cut" title={node.title}>
          <bdi>{node.title}</bdi>
        </h2>
        {source && <SourceLink place={source} class="btn mono" />}
        <div class={style.facts}>
          {node.status !== 'ok' ? (
            <Badge status={node.passedUp && node.status === 'fault' ? 'below' : node.status}>
              {node.passedUp ? `${node.status} from below` : `${node.status} starts here`}
            </Badge>
          ) : node.awaited || node.inProgress ? (
            <Badge status={glyphOf(node) ?? 'progress'}>{wordOf(node)}</Badge>
          ) : (
            node.tag && <span class="tag">{node.tag}</span>
          )}
          <span class="t2">{duration(node.total)}</span>
          {!node.inProgress && <span class="t3">self {duration(node.self)}</span>}
        </div>
      </div>
      <Tabs
        key={node.key}
        label="Details"
        tabs={tabs}
        selected={selected}
        onSelect={(tab) => view.set({ tab })}
      />
    </>
  );
}

/** The tabs in a fixed order. Fields that a document lacks get no tab. */
function tabsOf(
  node: TraceNode,
  view: TraceView,
  logs: LogView,
  links: TraceLinks | undefined,
): Tab[] {
  const { doc } = node;
  const { tree } = view;
  const size = (value: object | undefined): number => Object.keys(value ?? {}).length;
  const tabs: Tab[] = [
    {
      id: 'overview',
      label: 'Overview',
      body: () => (
        <OverviewTab
          node={node}
          tree={tree}
          hints={view.hints}
          links={links}
          onSelect={view.reveal}
        />
      ),
    },
  ];
  const exceptions = exceptionChains(node).length;
  if (exceptions > 0 || recordedAt(node, tree.nodes)) {
    tabs.push({
      id: 'exception',
      label: 'Exception',
      ...(exceptions > 0 && { count: exceptions }),
      body: () => <ExceptionTab node={node} nodes={tree.nodes} onSelect={view.reveal} />,
    });
  }
  const lines = logs.all.filter((line) => line.node === node);
  if (lines.length > 0) {
    tabs.push({
      id: 'logs',
      label: 'Logs',
      count: lines.length,
      body: () => <LogsTab lines={lines} chosen={logs.chosen} words={view.words} />,
    });
  }
  if (size(doc.annotations)) {
    tabs.push({
      id: 'annotations',
      label: 'Annotations',
      count: size(doc.annotations),
      body: () => <AnnotationsTab node={node} />,
    });
  }
  if (size(doc.metadata)) {
    tabs.push({
      id: 'metadata',
      label: 'Metadata',
      count: size(doc.metadata),
      body: () => <MetadataTab node={node} />,
    });
  }
  if (doc.http) tabs.push({ id: 'http', label: 'HTTP', body: () => <HttpTab node={node} /> });
  if ('sql' in doc && doc.sql)
    tabs.push({ id: 'sql', label: 'SQL', body: () => <SqlTab node={node} /> });
  if (size(doc.aws)) tabs.push({ id: 'aws', label: 'AWS', body: () => <AwsTab node={node} /> });
  tabs.push({ id: 'raw', label: 'Raw', body: () => <RawTab node={node} /> });
  return tabs;
}
