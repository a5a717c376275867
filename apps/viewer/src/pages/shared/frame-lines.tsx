import type { JSX } from 'preact';
import { Excerpt, SourceLink } from '../trace/detail/source-link';
import style from './frame-lines.module.css';

/** A method and its source line as a link to the editor, with the lines around it if they can be read. */
export function FrameLines({
  path,
  line,
  label,
  fault = false,
  excerpt = false,
}: {
  path: string | undefined;
  line: number | undefined;
  label: string | undefined;
  /** Whether the exception was thrown here. */
  fault?: boolean;
  excerpt?: boolean;
}): JSX.Element {
  const place = path !== undefined && line !== undefined ? { path, line } : undefined;
  return (
    <div class={fault ? style.fault : undefined}>
      <div class={style.place}>
        <bdi>{label}</bdi>
        {place && <SourceLink place={place} />}
      </div>
      {excerpt && place && <Excerpt place={place} />}
    </div>
  );
}
