import { useCallback, useMemo, useState } from 'preact/hooks';
import { client, type Exchange } from './api';
import { useView } from './router';
import { Rail } from './components/rail';
import { TopBar } from './components/top-bar';
import { Timeline } from './components/timeline';

/** The most exchanges that the list of traces keeps. */
const KEPT = 40;
const REMEMBERED = 'cruddur-user';

/** The page: who acts and what is shown on top, the cruds, and beside them the trace of every action. */
export function App() {
  const view = useView();
  const [handle, setHandle] = useState(() => localStorage.getItem(REMEMBERED) ?? 'andrewbrown');
  const [exchanges, setExchanges] = useState<Exchange[]>([]);
  const heard = useCallback(
    (exchange: Exchange) => setExchanges((before) => [exchange, ...before].slice(0, KEPT)),
    [],
  );
  const api = useMemo(() => client(handle, heard), [handle, heard]);
  const act = (as: string) => {
    localStorage.setItem(REMEMBERED, as);
    setHandle(as);
  };

  return (
    <>
      <a class="skip" href="#main">
        Skip to the cruds
      </a>
      <TopBar view={view} handle={handle} onHandle={act} />
      <div class="page">
        <Timeline key={`${JSON.stringify(view)} ${handle}`} api={api} view={view} handle={handle} />
        <Rail exchanges={exchanges} />
      </div>
    </>
  );
}
