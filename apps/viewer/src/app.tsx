import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { KeySheet } from './components/key-sheet';
import { useKeys } from './components/keys';
import { TopBar } from './components/top-bar';
import type { PageModule, PageProps } from './page';
import { Page as RoutesPage } from './pages/routes';
import { Page as TracePage } from './pages/trace';
import { Page as TracesPage } from './pages/traces';
import { isPlain, OpenTrace } from './pages/traces/open-trace';
import { viewOf } from './model/address';
import { contextHref, followLinks, navigate, useRoute, type PageName } from './router';
import style from './components/shell.module.css';
import loadState from './components/load-state.module.css';

/** Pages that are loaded when they are first opened. */
const later = import.meta.glob<PageModule>(
  './pages/{errors,queries,map,compare,sampling,flame,statistics,trace-map}/index.tsx',
);
const load = (page: PageName): (() => Promise<PageModule>) | undefined =>
  later[`./pages/${page}/index.tsx`];

/** Begins to load the code of the page in the address. `CurrentPage` shows the page, or that it could not be loaded. */
export function preload(page: PageName): void {
  load(page)?.().catch(() => undefined);
}

export function App(): JSX.Element {
  const route = useRoute();
  const [help, setHelp] = useState(false);
  useKeys({
    '?': () => setHelp(true),
    'g r': () => navigate(contextHref('/routes')),
    'g t': () => navigate(contextHref('/traces')),
    'g e': () => navigate(contextHref('/errors')),
    'g q': () => navigate(contextHref('/queries')),
    'g m': () => navigate(contextHref('/map')),
    'g c': () => navigate(contextHref('/compare')),
    'g s': () => navigate('/sampling'),
  });
  useFocusOnContent(`${route.page} ${route.id}`);
  useLayoutEffect(() => {
    document.addEventListener('click', followLinks);
    return () => document.removeEventListener('click', followLinks);
  }, []);
  return (
    <>
      <a class={style.skipLink} href="#main">
        Skip to content
      </a>
      <TopBar route={route} onHelp={() => setHelp(true)} />
      <main id="main" tabIndex={-1}>
        <CurrentPage route={route} />
      </main>
      {help && <KeySheet onClose={() => setHelp(false)} />}
    </>
  );
}

/** After a change of page, moves the focus to its content, for the keyboard and screen readers. */
function useFocusOnContent(page: string): void {
  const last = useRef(page);
  useLayoutEffect(() => {
    if (last.current !== page) document.getElementById('main')?.focus({ preventScroll: true });
    last.current = page;
  }, [page]);
}

function CurrentPage({ route }: PageProps): JSX.Element {
  const [loaded, setLoaded] = useState<Partial<Record<string, FunctionComponent<PageProps>>>>({});
  const [failed, setFailed] = useState('');
  const { page } = route;
  const loader = page === 'unknown' ? undefined : load(page);
  useEffect(() => {
    if (!loader || loaded[page]) return;
    setFailed('');
    loader().then(
      (module) => setLoaded((now) => ({ ...now, [page]: module.Page })),
      () => setFailed(page),
    );
  }, [page]);
  if (route.id && page !== 'unknown' && !isPlain(route.id)) {
    return <OpenTrace key={route.id} text={route.id} view={viewOf(page)} />;
  }
  if (page === 'routes') return <RoutesPage route={route} />;
  if (page === 'traces') return <TracesPage route={route} />;
  if (page === 'trace') return <TracePage key={route.id} route={route} />;
  const Loaded = loaded[page];
  if (Loaded) return <Loaded key={route.id} route={route} />;
  if (failed === page) {
    return (
      <Message title="This page could not be loaded">
        Local X-Ray does not answer. Start it, then reload this page.
      </Message>
    );
  }
  if (loader)
    return (
      <p class="vh" role="status">
        Loading…
      </p>
    );
  return (
    <Message title="Page not found">
      The address may be mistyped. <a href="/traces">Go to the traces</a>
    </Message>
  );
}

function Message({
  title,
  children,
}: {
  title: string;
  children: preact.ComponentChildren;
}): JSX.Element {
  return (
    <div class={loadState.message}>
      <h1>{title}</h1>
      <p class="t2">{children}</p>
    </div>
  );
}
