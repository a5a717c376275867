import { useEffect, useState } from 'preact/hooks';

/** What the page shows, from the part of its address after `#`. */
export type View =
  | { name: 'home' }
  | { name: 'notifications' }
  | { name: 'user'; handle: string }
  | { name: 'search'; term: string }
  | { name: 'show'; uuid: string };

/** The address of a view, for a link. */
export function href(view: View): string {
  switch (view.name) {
    case 'home':
      return '#/';
    case 'notifications':
      return '#/notifications';
    case 'user':
      return `#/@${encodeURIComponent(view.handle)}`;
    case 'search':
      return `#/search/${encodeURIComponent(view.term)}`;
    case 'show':
      return `#/crud/${encodeURIComponent(view.uuid)}`;
  }
}

/** The view of an address; home for one that is none. */
export function parse(hash: string): View {
  const [, kind = '', rest = ''] = /^#\/(@|search\/|crud\/|notifications)?(.*)$/.exec(hash) ?? [];
  const text = decode(rest);
  if (kind === '@') return { name: 'user', handle: text };
  if (kind === 'search/') return { name: 'search', term: text };
  if (kind === 'crud/') return { name: 'show', uuid: text };
  return kind === 'notifications' ? { name: 'notifications' } : { name: 'home' };
}

/** The current view; follows links, the back button and edits of the address. */
export function useView(): View {
  const [view, setView] = useState(() => parse(location.hash));
  useEffect(() => {
    const follow = () => setView(parse(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return view;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
