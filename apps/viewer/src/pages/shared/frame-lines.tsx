import type { JSX } from 'preact';
import { Excerpt, SourceLink } from '../trace/detail/source-link';
import style from './frame-lines.module.css';

/** A method and its place, as a link into the editor; the lines around it where they can be read. */
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
  /** Whether it is where something was thrown. */
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
