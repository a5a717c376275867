import './styles/tokens.css';
import './styles/base.css';
import '../public/theme.js';
import type { FunctionComponent, JSX } from 'preact';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from './components/icon';
import { IconButton } from './components/button';
import { KeySheet } from './components/key-sheet';
import { useKeys } from './components/keys';
import { Said } from './components/said';
import { ThemeButton } from './components/theme';
import { carried, type CarriedTrace } from './model/carried';
import { dateTime } from './model/format';
import type { PageProps } from './page';
import { Page as FlamePage } from './pages/flame';
import { Page as StatisticsPage } from './pages/statistics';
import { Page as TracePage } from './pages/trace';
import { followLinks, useRoute } from './router';
import style from './components/shell.module.css';

const VIEWS: Record<string, FunctionComponent<PageProps>> = {
  flame: FlamePage,
  statistics: StatisticsPage,
};

/** The page of one trace as a standalone file. It can be opened from a disk and sends no requests. */
function OneTrace({ trace, at }: CarriedTrace): JSX.Element {
  const { query } = useRoute();
  const [help, setHelp] = useState(false);
  useKeys({ '?': () => setHelp(true) });
  useEffect(() => {
    document.addEventListener('click', followLinks);
    return () => document.removeEventListener('click', followLinks);
  }, []);
  const View = VIEWS[query.get('view') ?? ''] ?? TracePage;
  return (
    <>
      <a class={style.skipLink} href="#main">
        Skip to content
      </a>
      <header class={style.topBar}>
        <span class={style.brand}>
          <Icon name="brand" />
          Local X-Ray
        </span>
        <span class="t3 cut">One trace, exported {dateTime(at)}</span>
        <div class={style.actions}>
          <Said />
          <ThemeButton />
          <IconButton
            icon="help"
            label="Keyboard shortcuts"
            hint="Keyboard shortcuts (?)"
            onClick={() => setHelp(true)}
          />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <View route={{ page: 'trace', id: trace.id, query }} />
      </main>
      {help && <KeySheet onClose={() => setHelp(false)} />}
    </>
  );
}

const root = document.getElementById('app');
if (root && carried) render(<OneTrace {...carried} />, root);
