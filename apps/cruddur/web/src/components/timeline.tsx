import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Activity, Api } from '../api';
import type { View } from '../router';
import { Composer } from './composer';
import { Crud } from './crud';
import { Trouble } from './trouble';

interface Props {
  api: Api;
  view: View;
  handle: string;
}

/** The cruds of a view: the feed, a profile, notifications, what a search found, or a single one. */
export function Timeline({ api, view, handle }: Props) {
  const [nPlusOne, setNPlusOne] = useState(false);
  const [cruds, setCruds] = useState<Activity[]>();
  const [trouble, setTrouble] = useState<unknown>();
  const reload = useCallback(async () => {
    try {
      setCruds(await load(api, view, nPlusOne));
      setTrouble(undefined);
    } catch (error) {
      setTrouble(error);
    }
  }, [api, view, nPlusOne]);
  useEffect(() => void reload(), [reload]);

  return (
    <main id="main" tabIndex={-1}>
      <div class="heading">
        <h1>{title(view)}</h1>
        {view.name === 'home' && (
          <label class="option">
            <input
              type="checkbox"
              checked={nPlusOne}
              onChange={(event) => setNPlusOne(event.currentTarget.checked)}
            />
            One query per crud (N+1)
          </label>
        )}
        <button type="button" class="quiet" onClick={() => void reload()}>
          Reload
        </button>
      </div>
      {view.name === 'home' && (
        <Composer
          label={`What is on your mind, @${handle}?`}
          action="Crud"
          maxChars={280}
          expires
          send={(message, ttl) => api.crud(message, ttl)}
          sent={() => void reload()}
        />
      )}
      {trouble !== undefined && <Trouble error={trouble} retry={() => void reload()} />}
      {cruds?.length === 0 && trouble === undefined && <p class="nothing">{nothing(view)}</p>}
      <ol class="cruds" aria-busy={cruds === undefined && trouble === undefined}>
        {cruds?.map((crud) => (
          <li key={crud.uuid}>
            <Crud crud={crud} api={api} changed={() => void reload()} />
          </li>
        ))}
      </ol>
    </main>
  );
}

async function load(api: Api, view: View, nPlusOne: boolean): Promise<Activity[]> {
  switch (view.name) {
    case 'home':
      return api.home(nPlusOne);
    case 'notifications':
      return api.notifications();
    case 'user':
      return api.user(view.handle);
    case 'search':
      return api.search(view.term);
    case 'show':
      return [await api.show(view.uuid)];
  }
}

function title(view: View): string {
  switch (view.name) {
    case 'home':
      return 'Home';
    case 'notifications':
      return 'Notifications';
    case 'user':
      return `@${view.handle}`;
    case 'search':
      return `Cruds with “${view.term}”`;
    case 'show':
      return 'Crud';
  }
}

function nothing(view: View): string {
  if (view.name === 'notifications') return 'Nobody answered or mentioned you yet.';
  if (view.name === 'search') return 'No crud has that in it.';
  return 'Nothing here yet.';
}
