import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { Icon } from '../../components/icon';
import { useKeys } from '../../components/keys';
import { Glyph } from '../../components/status';
import { plural } from '../../model/format';
import { findNodes } from '../../model/graph/find-nodes';
import { healthOf, type MapNode } from '../../model/graph/service-graph';
import { healthWords, kindWords } from './words';
import style from './find-node.module.css';

/** The most nodes that are listed. */
const MOST = 8;

/** A field that finds a node by part of its name. `f` focuses it. */
export function FindNode({
  nodes,
  onFound,
}: {
  nodes: readonly MapNode[];
  onFound: (id: string) => void;
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(0);
  useKeys({ f: () => field.current?.focus() });
  const found = findNodes(nodes, text);
  const listed = open ? found.slice(0, MOST) : [];
  const at = Math.min(chosen, listed.length - 1);
  const label = 'Find a node';

  const take = (node: MapNode | undefined): void => {
    if (!node) return;
    setText('');
    setOpen(false);
    onFound(node.id);
  };
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && listed.length > 0) setChosen((at + step + listed.length) % listed.length);
    else if (event.key === 'Enter') take(found[Math.max(0, at)]);
    else if (event.key === 'Escape' && text) setText('');
    else {
      if (event.key === 'Escape') field.current?.blur();
      return;
    }
    event.preventDefault();
  };
  return (
    <div class={style.find}>
      <div class="field">
        <span class="t3">
          <Icon name="search" />
        </span>
        <input
          ref={field}
          role="combobox"
          aria-label={label}
          aria-expanded={listed.length > 0}
          aria-controls={listed.length > 0 ? id : undefined}
          aria-autocomplete="list"
          aria-activedescendant={listed.length > 0 ? `${id}-${at}` : undefined}
          autocomplete="off"
          spellcheck={false}
          value={text}
          placeholder={label}
          title="Find a node (f)"
          onInput={(event) => {
            setText(event.currentTarget.value);
            setChosen(0);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={keys}
        />
      </div>
      <span class="vh" role="status">
        {open && text ? `${plural(found.length, 'node')} found` : ''}
      </span>
      {open && text && (
        <div class={style.list}>
          {listed.length > 0 && (
            <div role="listbox" aria-label="Nodes" id={id}>
              {listed.map((node, index) => (
                <div
                  key={node.id}
                  id={`${id}-${index}`}
                  class={style.option}
                  role="option"
                  aria-selected={index === at}
                  // The field would lose the focus, which closes the list before the click.
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => take(node)}
                >
                  <bdi class="cut">{node.name}</bdi>
                  <span class="t3">{kindWords(node)}</span>
                  <Health node={node} />
                </div>
              ))}
            </div>
          )}
          {found.length === 0 && (
            <p class={`t2 ${style.note}`}>No node has this text in its name.</p>
          )}
          {found.length > MOST && (
            <p class={`t3 ${style.note}`}>
              {found.length - MOST} more. Type more of the name to see them.
            </p>
          )}
        </div>
      )}
    </div>
  );
}

function Health({ node }: { node: MapNode }): JSX.Element {
  const health = healthOf(node.traffic);
  if (health === 'ok' || node.kind === 'client') return <span />;
  return (
    <span class={`st s-${health}`}>
      <Glyph name={health} />
      {healthWords(node.traffic)}
    </span>
  );
}
