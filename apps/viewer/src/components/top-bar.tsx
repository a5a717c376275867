import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useConnection, useStatus } from '../api/live';
import { three } from '../model/format';
import { contextHref, type Route } from '../router';
import { IconButton } from './button';
import { Icon } from './icon';
import { Said } from './said';
import { ThemeButton } from './theme';
import style from './shell.module.css';

const VIEWS = [
  { label: 'Routes', path: '/routes', pages: ['routes'] },
  {
    label: 'Traces',
    path: '/traces',
    pages: ['traces', 'trace', 'flame', 'statistics', 'trace-map'],
  },
  { label: 'Errors', path: '/errors', pages: ['errors'] },
  { label: 'Queries', path: '/queries', pages: ['queries'] },
  { label: 'Service map', path: '/map', pages: ['map'] },
  { label: 'Compare', path: '/compare', pages: ['compare'] },
  { label: 'Sampling', path: '/sampling', pages: ['sampling'] },
];

/** The name, the pages, and whether local X-Ray answers. */
export function TopBar({ route, onHelp }: { route: Route; onHelp: () => void }): JSX.Element {
  const nav = useRef<HTMLElement>(null);
  // If not all pages fit, scroll so that the current one is visible.
  useEffect(() => {
    const bar = nav.current;
    const current = bar?.querySelector<HTMLElement>('[aria-current]');
    if (bar && current) {
      bar.scrollLeft = current.offsetLeft - (bar.clientWidth - current.offsetWidth) / 2;
    }
  }, [route.page]);
  return (
    <header class={style.topBar}>
      <a class={style.brand} href="/">
        <Icon name="brand" />
        Local X-Ray
      </a>
      <nav class={style.views} ref={nav} aria-label="Views">
        {VIEWS.map((view) => (
          <a
            key={view.path}
            href={contextHref(view.path)}
            aria-current={view.pages.includes(route.page) ? 'page' : undefined}
          >
            {view.label}
          </a>
        ))}
      </nav>
      <div class={style.actions}>
        <Said />
        <ConnectionState />
        <ThemeButton />
        <IconButton
          icon="help"
          label="Keyboard shortcuts"
          hint="Keyboard shortcuts (?)"
          onClick={onHelp}
        />
      </div>
    </header>
  );
}

function ConnectionState(): JSX.Element {
  const { state } = useConnection();
  const status = useStatus();
  const rate = status?.segmentsPerSecond ?? 0;
  const words = {
    connecting: 'connecting',
    open: rate > 0 ? `${three(rate)} segments/s` : 'listening',
    lost: 'no answer',
  }[state];
  return (
    <span class={style.connection}>
      <i class={state === 'lost' ? `${style.dot} ${style.lost}` : style.dot} />
      <span>{status?.address ?? location.host}</span>
      <span class={`${style.rate} ${state === 'lost' ? 's-fault' : 't3'}`}>{words}</span>
    </span>
  );
}
