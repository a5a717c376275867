import { href, type View } from '../router';

/** The people of the seed rows; anybody else's handle is refused by the API, with a trace of it. */
const PEOPLE = ['andrewbrown', 'bayko', 'worf', 'garek', 'londo'];

interface Props {
  view: View;
  handle: string;
  onHandle: (handle: string) => void;
}

/** Where to go, what to look for, and who acts. */
export function TopBar({ view, handle, onHandle }: Props) {
  const here = (name: View['name']) => (view.name === name ? 'page' : undefined);
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const term = new FormData(event.currentTarget as HTMLFormElement).get('term');
    location.hash = href({ name: 'search', term: typeof term === 'string' ? term : '' });
  };

  return (
    <header class="top">
      <a class="brand" href={href({ name: 'home' })}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M11.500 5A4.600 4.600 0 1 0 11.500 11" />
        </svg>
        Cruddur
      </a>
      <nav aria-label="Views">
        <a href={href({ name: 'home' })} aria-current={here('home')}>
          Home
        </a>
        <a href={href({ name: 'notifications' })} aria-current={here('notifications')}>
          Notifications
        </a>
        <a
          href={href({ name: 'user', handle })}
          aria-current={view.name === 'user' && view.handle === handle ? 'page' : undefined}
        >
          Profile
        </a>
      </nav>
      <form class="search" role="search" onSubmit={search}>
        <input
          key={view.name === 'search' ? view.term : ''}
          name="term"
          type="search"
          aria-label="Search cruds"
          placeholder="Search cruds"
          defaultValue={view.name === 'search' ? view.term : ''}
        />
      </form>
      <label class="who">
        Acting as
        <select value={handle} onChange={(event) => onHandle(event.currentTarget.value)}>
          {[...new Set([...PEOPLE, handle])].map((person) => (
            <option key={person} value={person}>
              @{person}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}
