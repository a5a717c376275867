import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog';
import { useKeys } from '../../components/keys';
import { Failure, Skeleton } from '../../components/load-state';
import { traceTitle } from '../../components/trace-head';
import { useQuery } from '../../components/use-query';
import { answered, compareTrees } from '@nestjs-xray/trace';
import { contextHref, navigate } from '../../router';
import { useTitle } from '../../components/use-title';
import type { PageProps } from '../../page';
import { href } from '../../model/address';
import { Differences } from './differences';
import { Picker } from './picker';
import { Side, Summary } from './sides';
import { useTree } from './use-tree';
import style from './compare.module.css';

/** Two traces side by side: what is new, gone, slower or faster in B. */
export function ComparePage({ route }: PageProps): JSX.Element {
  useTitle('Compare');
  const a = route.query.get('a') ?? '';
  const b = route.query.get('b') ?? '';
  const sideA = useTree(a);
  const sideB = useTree(b);
  const [view, setView] = useQuery(['q', 'show']);
  const [choosing, setChoosing] = useState(false);
  const choose = (change: { a?: string; b?: string }): void => {
    setChoosing(false);
    navigate(href('/compare', { a, b, ...change }));
  };
  useKeys({ x: () => a && b && choose({ a: b, b: a }) });
  const comparison = useMemo(
    () => sideA.tree && sideB.tree && compareTrees(sideA.tree, sideB.tree),
    [sideA.tree, sideB.tree],
  );

  const error = sideA.error ?? sideB.error;
  if (error) {
    const which = sideA.error ? 'Trace A' : 'Trace B';
    return <Failure what={`${which} cannot be shown`} error={error} />;
  }
  if (!a || !b) {
    if ((a && !sideA.tree) || (b && !sideB.tree)) return <Skeleton label="Loading the trace…" />;
    return <FirstChoice known={sideA.tree ?? sideB.tree} a={a} b={b} onChoose={choose} />;
  }
  const { tree: treeA } = sideA;
  const { tree: treeB } = sideB;
  if (!treeA || !treeB || !comparison) return <Skeleton label="Loading both traces…" />;
  const scale = Math.max(answered(treeA), answered(treeB));
  const [titleA, titleB] = [traceTitle(treeA), traceTitle(treeB)];
  return (
    <>
      <header class={style.head}>
        <div class={style.titleRow}>
          <h1 class="cut">
            Compare ·{' '}
            {titleA !== titleB && (
              <>
                <bdi>{titleA}</bdi> with{' '}
              </>
            )}
            <bdi>{titleB}</bdi>
          </h1>
          <div class={style.actions}>
            <button
              type="button"
              class="btn"
              title="Swap A and B (x)"
              onClick={() => choose({ a: b, b: a })}
            >
              Swap A and B
            </button>
            <button type="button" class="btn" onClick={() => setChoosing(true)}>
              Choose another B
            </button>
          </div>
        </div>
        <Side letter="A" tree={treeA} scale={scale} />
        <Side letter="B" tree={treeB} scale={scale} />
        <Summary comparison={comparison} a={treeA} b={treeB} />
      </header>
      <Differences
        comparison={comparison}
        a={treeA}
        b={treeB}
        words={view.q}
        show={view.show}
        onView={setView}
      />
      {choosing && (
        <Dialog title="Choose another B" onClose={() => setChoosing(false)}>
          <Picker like={treeA} except={[a, b]} onChoose={(id) => choose({ b: id })} />
        </Dialog>
      )}
    </>
  );
}

function FirstChoice({
  known,
  a,
  b,
  onChoose,
}: {
  known: Parameters<typeof Picker>[0]['like'];
  a: string;
  b: string;
  onChoose: (change: { a?: string; b?: string }) => void;
}): JSX.Element {
  const missing = a ? 'b' : 'a';
  return (
    <section class={style.chooser}>
      <h1>{known ? `Compare ${traceTitle(known)} with…` : 'Compare two traces'}</h1>
      <p class="t2">
        {known
          ? `Choose the other trace, ${missing.toUpperCase()}. Traces of the same route compare best.`
          : 'Choose the first trace, A. The second one, B, is then compared with it.'}
      </p>
      {!known && (
        <p class="t2">
          Or compare many:{' '}
          <a href={contextHref('/compare', { sides: 'selection' })}>a part of the chart</a>,{' '}
          <a href={contextHref('/compare', { sides: 'filters' })}>two filters</a>,{' '}
          <a href={contextHref('/compare', { sides: 'builds' })}>two builds</a>.
        </p>
      )}
      <Picker
        like={known}
        except={[a, b]}
        onChoose={(id) => onChoose(missing === 'a' ? { a: id } : { b: id })}
      />
    </section>
  );
}
