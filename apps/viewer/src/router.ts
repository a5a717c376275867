import { useLayoutEffect, useMemo, useState } from 'preact/hooks';

import { href, parseRoute, type Query, type Route } from './model/address';

export { href, traceHref, type PageName, type Query, type Route } from './model/address';

const CHANGED = 'xray:address';

/** Goes to an address of this application without reloading the page. */
export function navigate(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(history.state, '', to);
  else {
    history.pushState(null, '', to);
    window.scrollTo(0, 0);
  }
  window.dispatchEvent(new Event(CHANGED));
}

/**
 * Changes parts of the query and keeps the rest. An empty value removes its part. By default the entry in the history
 * is replaced, so that Back leaves the page.
 */
export function setQuery(change: Query, { push = false } = {}): void {
  const to = changed(change);
  if (to !== location.pathname + location.search) navigate(to, { replace: !push });
}

/** Changes parts of the query as a step that Back undoes. The scroll position is kept. */
export function addQuery(change: Query): void {
  const to = changed(change);
  if (to === location.pathname + location.search) return;
  history.pushState(history.state, '', to);
  window.dispatchEvent(new Event(CHANGED));
}

function changed(change: Query): string {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined || value === '' || value === false) query.delete(key);
    else query.set(key, String(value));
  }
  const text = query.toString();
  return location.pathname + (text ? `?${text}` : '');
}

/** The parts of the query that are kept between pages: which traces, and the time range. */
const CONTEXT = ['filter', 'group', 'range', 'live'] as const;

/** The address of a page for the same traces as the current one, with changes. */
export function contextHref(path: string, query: Query = {}): string {
  const here = new URLSearchParams(location.search);
  const kept = Object.fromEntries(CONTEXT.map((name) => [name, here.get(name) ?? undefined]));
  return href(path, { ...kept, ...query });
}

/** Calls `changed` whenever the address changes, also by Back and Forward. Returns a function that stops it. */
export function onAddress(changed: () => void): () => void {
  window.addEventListener('popstate', changed);
  window.addEventListener(CHANGED, changed);
  return () => {
    window.removeEventListener('popstate', changed);
    window.removeEventListener(CHANGED, changed);
  };
}

/** The page of the current address. The same for `/` and `/routes`. */
export function pageOfAddress(): string {
  const { page, id } = parseRoute(location.pathname, '');
  return `${page} ${id}`;
}

/** The current route. Components that use it are rendered again when the address changes. */
export function useRoute(): Route {
  const [address, setAddress] = useState(() => location.pathname + location.search);
  useLayoutEffect(() => {
    const update = (): void => setAddress(location.pathname + location.search);
    update();
    return onAddress(update);
  }, []);
  return useMemo(() => {
    const { pathname, search } = new URL(address, location.href);
    return parseRoute(pathname, search);
  }, [address]);
}

/** Follows plain links within the application without reloading. Ctrl+click and similar are left to the browser. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest('a');
  if (!link || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || link.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
