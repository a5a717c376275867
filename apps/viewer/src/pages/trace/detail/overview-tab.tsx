import type { JSX } from 'preact';
import type { SegmentDocument } from '@nestjs-xray/document';
import type { TraceLinks } from 'local-xray/console-api';
import { duration, offset, share, dateTime } from '../../../model/format';
import { type Hint, length, openWord, type TraceNode, type TraceTree } from '@nestjs-xray/trace';
import { startsFault } from '../../../model/trace/starts-fault';
import { literal } from '../../../model/filter/filter-text';
import { wordOf } from '../row';
import { Field, Fields } from './fields';
import { Links } from './links';
import { SourceBlock } from './source-block';
import { WhyHints } from './why-hints';
import style from './overview-tab.module.css';

/** Time, duration and share, then service, user and host. */
export function OverviewTab({
  node,
  tree,
  hints,
  links,
  onSelect,
}: {
  node: TraceNode;
  tree: TraceTree;
  hints: Hint[];
  links: TraceLinks | undefined;
  onSelect: (node: TraceNode) => void;
}): JSX.Element {
  const origin = startsFault(node);
  const hue = origin ? 'fault' : node.hue;
  const critical = length(node.critical);
  return (
    <>
      <SourceBlock node={node} />
      <h3>Time</h3>
      {!node.inProgress && node.total > 0 && (
        <div
          class={`${style.split} ${style[hue]}`}
          role="img"
          aria-label={`Self ${duration(node.self)}, in children ${duration(node.total - node.self)}`}
          style={{ '--self': `${(node.self / node.total) * 100}%` }}
        />
      )}
      <Fields>
        {node.status !== 'ok' && <Field name="Status">{wordOf(node)}</Field>}
        <Field name="Start" copy={String(node.doc.start_time)}>
          {offset(node.start)} <span class="t3">{dateTime(node.doc.start_time)}</span>
        </Field>
        <Field name="End">{node.inProgress ? openWord(node.silent) : offset(node.end)}</Field>
        <Field name="Duration">
          {duration(node.total)}
          {node.silent ? ' at least' : node.inProgress ? ' so far' : ''}{' '}
          <span class="t3">{share(node.total, tree.duration)} of the trace</span>
        </Field>
        {!node.inProgress && (
          <Field name="Self">
            {duration(node.self)} <span class="t3">{share(node.self, node.total)}</span>
          </Field>
        )}
        {node.children.length > 0 && (
          <Field name="In children">{duration(node.total - node.self)}</Field>
        )}
        {critical > 0 && tree.responseEnd !== undefined && (
          <Field name="Critical path">
            {duration(critical)}{' '}
            <span class="t3">{share(critical, tree.responseEnd)} of the response time</span>
          </Field>
        )}
        {node.skew > 0 && (
          <Field name="Clock skew">
            began {duration(node.skew)} before its caller
            {node.kind === 'segment' && '; drawn inside of the call'}
          </Field>
        )}
        {node.awaited && <Field name="Waiting">the called service has not sent its segment</Field>}
      </Fields>
      <h3>{node.kind === 'segment' ? 'Segment' : 'Subsegment'}</h3>
      <Fields>
        <Field name="Name" copy={node.name}>
          {node.name}
        </Field>
        <Field name="Id" copy={node.doc.id} mono>
          {node.doc.id}
        </Field>
        {node.segment && node.segment !== node && <Field name="Segment">{node.segment.name}</Field>}
        {node.kind === 'segment' && <SegmentFields doc={node.doc as SegmentDocument} />}
      </Fields>
      <Links node={node} tree={tree} links={links} onSelect={onSelect} />
      <WhyHints hints={hints} nodes={[node]} />
    </>
  );
}

function SegmentFields({ doc }: { doc: SegmentDocument }): JSX.Element {
  return (
    <>
      <Field name="Service" copy={doc.name} filter={`service(${literal(doc.name)})`}>
        {doc.name} {doc.service?.version && <span class="t3">{doc.service.version}</span>}
      </Field>
      {doc.service?.runtime && (
        <Field name="Runtime">
          {doc.service.runtime} {doc.service.runtime_version}
        </Field>
      )}
      {doc.user && (
        <Field name="User" copy={doc.user} filter={`user = ${literal(doc.user)}`}>
          {doc.user}
        </Field>
      )}
      {doc.origin && <Field name="Origin">{doc.origin}</Field>}
      {doc.resource_arn && (
        <Field name="Resource" copy={doc.resource_arn} mono>
          {doc.resource_arn}
        </Field>
      )}
      {doc.parent_id && (
        <Field name="Called by" copy={doc.parent_id} mono>
          {doc.parent_id}
        </Field>
      )}
    </>
  );
}
