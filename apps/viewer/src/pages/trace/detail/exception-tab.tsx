import type { ExceptionDocument, StackFrameDocument } from '@nestjs-xray/document';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CopyButton } from '../../../components/button';
import { Glyph, tone } from '../../../components/status';
import {
  exceptionChains,
  isLibrary,
  justBefore,
  pathOfFault,
  placeOf,
  recordedAt,
  type TraceNode,
  nearestSource,
} from '@nestjs-xray/trace';
import { plural } from '../../../model/format';
import { glyphOf } from '../row';
import { Excerpt, SourceLink } from './source-link';
import style from './exception-tab.module.css';

/** The exception with its stack and causes, the path to it in the trace, and what failed just before. */
export function ExceptionTab({
  node,
  nodes,
  onSelect,
}: {
  node: TraceNode;
  nodes: readonly TraceNode[];
  onSelect: (node: TraceNode) => void;
}): JSX.Element {
  const chains = exceptionChains(node);
  const elsewhere = recordedAt(node, nodes);
  const source = nearestSource(node);
  const ownFrames = chains.some(({ exception, causes }) =>
    [exception, ...causes].some((one) => one.stack?.some((frame) => !isLibrary(frame))),
  );
  const before = justBefore(node);
  const path = pathOfFault(node);
  return (
    <>
      {chains.map(({ exception, causes }) => (
        <div key={exception.id}>
          <Exception exception={exception} />
          {causes.map((cause) => (
            <Exception key={cause.id} exception={cause} caused />
          ))}
        </div>
      ))}
      {!ownFrames && source && (
        <p class="t2">
          Called in {source.node.title}: <SourceLink place={source.place} class="mono" />
        </p>
      )}
      {elsewhere && (
        <p class="t2">
          The exception was recorded further in:{' '}
          <button type="button" class="link" onClick={() => onSelect(elsewhere)}>
            {elsewhere.title}
          </button>
        </p>
      )}
      {path.length > 1 && (
        <>
          <h3>Path of the {node.status}</h3>
          <NodeList nodes={path} current={node} onSelect={onSelect} />
        </>
      )}
      {before.length > 0 && (
        <>
          <h3>Just before</h3>
          <NodeList nodes={before} current={node} onSelect={onSelect} />
        </>
      )}
    </>
  );
}

function Exception({
  exception,
  caused = false,
}: {
  exception: ExceptionDocument;
  caused?: boolean;
}): JSX.Element {
  const stack = exception.stack ?? [];
  const firstOwn = stack.findIndex((frame) => !isLibrary(frame));
  // If there is no frame in the application, show the frames in libraries.
  const [libraries, setLibraries] = useState(firstOwn < 0);
  const shown = libraries ? stack : stack.filter((frame) => !isLibrary(frame));
  const hidden = stack.length - shown.length;
  const title = `${exception.type ?? 'Error'}: ${exception.message ?? ''}`;
  return (
    <section class={style.exception}>
      {caused && <h3>Caused by</h3>}
      <div class={style.message}>
        <p>
          <bdi>
            <b>{exception.type ?? 'Error'}</b>
          </bdi>
          {exception.message && (
            <>
              : <bdi>{exception.message}</bdi>
            </>
          )}
        </p>
        <CopyButton
          text={() => [title, ...stack.map(frameText)].join('\n')}
          label="Copy the exception with its stack"
          class="sm"
        />
      </div>
      {exception.remote === true && <p class="t3">Thrown by the called service.</p>}
      {shown.length > 0 && (
        <ol class={style.stack} aria-label="Stack">
          {shown.map((frame, at) => (
            <Frame key={at} frame={frame} excerpt={frame === stack[firstOwn]} />
          ))}
        </ol>
      )}
      {(hidden > 0 || libraries) && firstOwn >= 0 && (
        <button
          type="button"
          class={`btn quiet ${style.more}`}
          onClick={() => setLibraries(!libraries)}
        >
          {libraries ? 'Hide frames in libraries' : `Show ${plural(hidden, 'frame')} in libraries`}
        </button>
      )}
      {(exception.truncated ?? 0) > 0 && (
        <p class="t3">{plural(exception.truncated ?? 0, 'frame')} were not recorded.</p>
      )}
      {(exception.skipped ?? 0) > 0 && (
        <p class="t3">{plural(exception.skipped ?? 0, 'exception')} between were not recorded.</p>
      )}
      {stack.length === 0 && <p class="t3">No stack was recorded.</p>}
    </section>
  );
}

function frameText(frame: StackFrameDocument): string {
  return `    at ${frame.label ?? '<anonymous>'} (${frame.path ?? '?'}:${frame.line ?? 0})`;
}

function Frame({ frame, excerpt }: { frame: StackFrameDocument; excerpt: boolean }): JSX.Element {
  const place = { path: frame.path ?? '', line: frame.line ?? 0 };
  const library = isLibrary(frame);
  return (
    <li class={library ? style.library : ''}>
      <span class={`${style.function} cut`} title={frame.label}>
        {frame.label || '<anonymous>'}
      </span>
      {library ? (
        <span title={frame.path}>{placeOf(frame.path, frame.line)}</span>
      ) : (
        <SourceLink place={place} />
      )}
      {excerpt && place.path && place.line > 0 && <Excerpt place={place} />}
    </li>
  );
}

function NodeList({
  nodes,
  current,
  onSelect,
}: {
  nodes: TraceNode[];
  current: TraceNode;
  onSelect: (node: TraceNode) => void;
}): JSX.Element {
  return (
    <ol class={style.path}>
      {nodes.map((node) => {
        const glyph = glyphOf(node) ?? 'ok';
        const status = node.doc.http?.response?.status;
        const said =
          node.kind === 'segment' && status
            ? `answered ${status}`
            : node.passedUp
              ? ''
              : node.status === 'fault'
                ? 'threw'
                : node.detail;
        return (
          <li key={node.key}>
            <span class={tone(glyph)}>
              <Glyph name={glyph} label={node.status} />
            </span>
            {node === current ? (
              <b class="cut">
                <bdi>{node.title}</bdi>
              </b>
            ) : (
              <button type="button" class="link cut" onClick={() => onSelect(node)}>
                <bdi>{node.title}</bdi>
              </button>
            )}
            <span class="t3">{said}</span>
          </li>
        );
      })}
    </ol>
  );
}
