import { useLayoutEffect, useMemo, useState } from 'preact/hooks';

import { href, parseRoute, type Query, type Route } from './model/address';

export { href, traceHref, type PageName, type Query, type Route } from './model/address';

const CHANGED = 'xray:address';

/** Goes to an address of this page without loading anything anew. */
export function navigate(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(history.state, '', to);
  else {
    history.pushState(null, '', to);
    window.scrollTo(0, 0);
  }
  window.dispatchEvent(new Event(CHANGED));
}

/**
 * Changes parts of the query and keeps the rest; an empty value removes its part.
 * By default the entry in the history is replaced, so that Back leaves the page.
 */
export function setQuery(change: Query, { push = false } = {}): void {
  const to = changed(change);
  if (to !== location.pathname + location.search) navigate(to, { replace: !push });
}

/** The same as a step that Back undoes; the page stays where it is scrolled to. */
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

/** What travels from page to page: which traces, of which time. */
const CONTEXT = ['filter', 'group', 'range', 'live'] as const;

/** An address of a page for the same traces as this one, with changes. */
export function contextHref(path: string, query: Query = {}): string {
  const here = new URLSearchParams(location.search);
  const kept = Object.fromEntries(CONTEXT.map((name) => [name, here.get(name) ?? undefined]));
  return href(path, { ...kept, ...query });
}

/** Calls back whenever the address changes: by this page, by Back, by Forward. Returns what ends it. */
export function onAddress(changed: () => void): () => void {
  window.addEventListener('popstate', changed);
  window.addEventListener(CHANGED, changed);
  return () => {
    window.removeEventListener('popstate', changed);
    window.removeEventListener(CHANGED, changed);
  };
}

/** Which page the address is of; the same for `/` and `/routes`. */
export function pageOfAddress(): string {
  const { page, id } = parseRoute(location.pathname, '');
  return `${page} ${id}`;
}

/** The current route; components that use it are drawn again when the address changes. */
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

/** Lets plain links within the page be followed without a load; ctrl-click and the like stay the browser's. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest('a');
  if (!link || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || link.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
