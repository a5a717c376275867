import type { JSX } from 'preact';

/** Line icons on a 16 px grid. */
const PATHS = {
  brand: <path d="M2 3.5h9M5 8h9M8 12.5h4" />,
  down: <path d="M4 6l4 4 4-4" />,
  right: <path d="M6 4l4 4-4 4" />,
  up: <path d="M4 10l4-4 4 4" />,
  left: <path d="M10 4L6 8l4 4" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4" />
      <path d="M10 10l3.5 3.5" />
    </>
  ),
  theme: (
    <>
      <circle cx="8" cy="8" r="5.25" />
      <path d="M8 2.75v10.5a5.25 5.25 0 0 0 0-10.5z" fill="currentColor" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9" />
    </>
  ),
  moon: <path d="M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z" />,
  help: <path d="M5.8 6a2.2 2.2 0 1 1 3.3 1.9C8.4 8.3 8 8.7 8 9.6M8 12v.1" />,
  pause: <path d="M5.5 4v8M10.5 4v8" />,
  play: <path d="M5 3.5v9l7-4.5z" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="7.5" height="7.5" rx="1.5" />
      <path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
    </>
  ),
  check: <path d="M3.5 8.5l3 3 6-7" />,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  filter: <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />,
  database: (
    <>
      <ellipse cx="8" cy="4" rx="4.5" ry="1.75" />
      <path d="M3.5 4v8c0 1 2 1.75 4.5 1.75s4.5-.75 4.5-1.75V4M3.5 8c0 1 2 1.75 4.5 1.75S12.5 9 12.5 8" />
    </>
  ),
  service: (
    <>
      <rect x="2.5" y="3" width="11" height="4" rx="1" />
      <rect x="2.5" y="9" width="11" height="4" rx="1" />
      <path d="M5 5h.1M5 11h.1" />
    </>
  ),
  globe: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M2.5 8h11M8 2.5c-3.5 3.5-3.5 7.5 0 11M8 2.5c3.5 3.5 3.5 7.5 0 11" />
    </>
  ),
  user: (
    <>
      <circle cx="8" cy="5.5" r="2.5" />
      <path d="M3 13.5c0-2.5 2-4 5-4s5 1.5 5 4" />
    </>
  ),
  cloud: <path d="M4.5 12.5a3 3 0 0 1-.3-6 4 4 0 0 1 7.6 0 3 3 0 0 1-.3 6z" />,
  export: <path d="M8 2.5v8M4.5 7.5L8 11l3.5-3.5M3 13.5h10" />,
  import: <path d="M8 11V3M4.5 6L8 2.5 11.5 6M3 13.5h10" />,
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof PATHS;

/** A decorative icon: the text beside it, or the label of its button, gives the meaning. */
export function Icon({ name, class: more = '' }: { name: IconName; class?: string }): JSX.Element {
  return (
    <svg class={`i16 ${more}`} viewBox="0 0 16 16" aria-hidden="true">
      {PATHS[name]}
    </svg>
  );
}
