import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useTrace } from '../../api/use-trace';
import { useKeys } from '../../components/keys';
import { Empty, NoTrace, Skeleton } from '../../components/load-state';
import { SearchField } from '../../components/search-field';
import { TraceHead, traceTitle } from '../../components/trace-head';
import { useTitle } from '../../components/use-title';
import { useQuery } from '../../components/use-query';
import { flameOf, type Frame } from '../../model/trace/flame';
import { plural, share } from '../../model/format';
import type { PageProps } from '../../page';
import { Frames } from './frames';
import { FrameFacts } from './frame-facts';
import searchBar from '../shared/search-bar.module.css';
import style from './flame.module.css';

/** The flame graph of a trace: where its time was spent, by caller. Equal calls are merged, widest first. */
export function FlamePage({ route }: PageProps): JSX.Element {
  const { trace, tree, error } = useTrace(route.id);
  useTitle(tree ? `Flame graph of ${traceTitle(tree)}` : 'Flame graph');
  const [query, setQuery] = useQuery(['select', 'focus', 'q'], ['focus']);
  const flame = useMemo(() => tree && flameOf(tree), [tree]);
  useKeys({
    '0': () => setQuery({ focus: undefined }),
    Escape: () => setQuery({ focus: undefined }),
  });

  if (!trace || !tree || !flame) {
    return error ? <NoTrace error={error} /> : <Skeleton label="Loading the trace…" />;
  }
  const byId = (id: string): Frame | undefined => flame.frames.find((frame) => frame.id === id);
  const focus = byId(query.focus);
  const selected = byId(query.select) ?? focus ?? flame.frames[0];
  const words = query.q.trim().toLowerCase();
  const hits = new Set(
    words ? flame.frames.filter((frame) => frame.label.toLowerCase().includes(words)) : [],
  );
  return (
    <>
      <TraceHead trace={trace} tree={tree} current="flame" />
      <div class={`${searchBar.bar} ${style.bar}`}>
        <SearchField value={query.q} onValue={(q) => setQuery({ q })} />
        <span class="t2" role="status">
          {words &&
            (hits.size
              ? `${plural(hits.size, 'frame')}, ${share(selfOf(hits), flame.value)} of the time`
              : 'No name contains this')}
        </span>
        <span class="sp" />
        <span class={`t3 nw ${style.note}`}>
          Width: self time plus the time of everything below
        </span>
        <button
          type="button"
          class="btn"
          disabled={!focus}
          onClick={() => setQuery({ focus: undefined })}
        >
          Whole trace
        </button>
      </div>
      {selected ? (
        <>
          <FrameFacts
            frame={selected}
            flame={flame}
            tree={tree}
            zoomed={focus === selected}
            onZoom={() => setQuery({ focus: focus === selected ? undefined : selected.id })}
          />
          <Frames
            flame={flame}
            focus={focus}
            selected={selected}
            hits={hits}
            onSelect={(frame) => setQuery({ select: frame.id })}
            onZoom={(frame) =>
              setQuery({
                select: frame.id,
                focus: frame === focus || !frame.parent ? undefined : frame.id,
              })
            }
          />
        </>
      ) : (
        <Empty title="Nothing ran in this trace" />
      )}
    </>
  );
}

/** The time of the hits and the frames below them, each counted once. */
function selfOf(hits: ReadonlySet<Frame>): number {
  let sum = 0;
  for (const hit of hits) {
    let up = hit.parent;
    while (up && !hits.has(up)) up = up.parent;
    if (!up) sum += hit.value;
  }
  return sum;
}
