import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { api, RefusedError } from '../../api/client';
import { groups as groupsApi, type Group } from '../../api/groups';
import { Dialog } from '../../components/dialog';
import { Icon } from '../../components/icon';
import { count } from '../../model/format';
import style from './groups.module.css';
import formStyle from '../../components/form.module.css';

const RECOUNT_MS = 10_000;

interface GroupsProps {
  /** Name of the selected group. Empty for all traces. */
  group: string;
  filter: string;
  /** The time range. */
  bounds: () => { start?: number; end?: number };
  rangeKey: string;
  /** Counts by group name that the page also shows elsewhere. Both must be the same. */
  known: Record<string, number>;
  /** The group whose count `known` contains, or will contain once the page has loaded. */
  counted: string | undefined;
  onGroup: (name: string) => void;
  onImport: () => void;
}

/** Saved filters: X-Ray's groups, with the number of traces that each finds in the range. */
export function Groups({
  group,
  filter,
  bounds,
  rangeKey,
  known,
  counted,
  onGroup,
  onImport,
}: GroupsProps): JSX.Element {
  const [list, setList] = useState<Group[]>([]);
  const [edited, setEdited] = useState<Group | 'new'>();
  const reload = useCallback(() => {
    groupsApi.list().then(setList, () => undefined);
  }, []);
  useEffect(reload, []);
  const counts = { ...useCounts(list, bounds, rangeKey, counted), ...known };
  const current = list.find((one) => one.GroupName === group);
  return (
    <div class={style.groups} role="group" aria-label="Saved groups">
      <Chip name="All" pressed={group === ''} amount={counts['']} onClick={() => onGroup('')} />
      {list.map((one) => (
        <Chip
          key={one.GroupName}
          name={one.GroupName}
          title={one.FilterExpression}
          pressed={group === one.GroupName}
          amount={counts[one.GroupName]}
          onClick={() => onGroup(group === one.GroupName ? '' : one.GroupName)}
        />
      ))}
      {current && (
        <button type="button" class="btn quiet" onClick={() => setEdited(current)}>
          Change group…
        </button>
      )}
      {(filter !== '' || list.length === 0) && (
        <button type="button" class="btn quiet" onClick={() => setEdited('new')}>
          Save as group…
        </button>
      )}
      <span class="sp" />
      <button type="button" class="btn quiet" onClick={onImport}>
        <Icon name="import" /> Import…
      </button>
      {edited && (
        <GroupDialog
          group={edited === 'new' ? undefined : edited}
          filter={filter}
          onClose={() => setEdited(undefined)}
          onDone={(name) => {
            setEdited(undefined);
            reload();
            onGroup(name);
          }}
        />
      )}
    </div>
  );
}

function Chip({
  name,
  title,
  pressed,
  amount,
  onClick,
}: {
  name: string;
  title?: string | undefined;
  pressed: boolean;
  amount: number | undefined;
  onClick: () => void;
}): JSX.Element {
  return (
    <button type="button" class="btn" aria-pressed={pressed} title={title} onClick={onClick}>
      {name} {amount !== undefined && <span class={style.amount}>{count(amount)}</span>}
    </button>
  );
}

function useCounts(
  list: Group[],
  bounds: GroupsProps['bounds'],
  rangeKey: string,
  counted: string | undefined,
): Record<string, number> {
  const [counts, setCounts] = useState<Record<string, number>>({});
  useEffect(() => {
    const abort = new AbortController();
    const load = (): void => {
      for (const name of ['', ...list.map((one) => one.GroupName)]) {
        if (name === counted) continue;
        api.traces({ ...bounds(), group: name, limit: 1 }, abort.signal).then(
          (answer) => setCounts((now) => ({ ...now, [name]: answer.counts.total })),
          () => undefined,
        );
      }
    };
    load();
    const timer = setInterval(load, RECOUNT_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [list, rangeKey, counted]);
  return counts;
}

/** X-Ray's rule for the names of groups. */
const NAME = /^[A-Za-z0-9-]{1,32}$/;

function GroupDialog({
  group,
  filter,
  onClose,
  onDone,
}: {
  group: Group | undefined;
  filter: string;
  onClose: () => void;
  onDone: (name: string) => void;
}): JSX.Element {
  const [name, setName] = useState(group?.GroupName ?? '');
  const [expression, setExpression] = useState(group?.FilterExpression ?? filter);
  const [problem, setProblem] = useState('');
  const attempt = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    try {
      await work();
      onDone(done);
    } catch (error) {
      setProblem(error instanceof RefusedError ? error.message : 'Local X-Ray does not answer.');
    }
  };
  const save = (): void => {
    if (!NAME.test(name)) setProblem('A name has 1 to 32 letters, digits and dashes.');
    else if (!expression.trim()) setProblem('Write a filter expression, for example fault.');
    else
      void attempt(
        () => (group ? groupsApi.update(name, expression) : groupsApi.create(name, expression)),
        name,
      );
  };
  return (
    <Dialog title={group ? `Group ${group.GroupName}` : 'Save as group'} onClose={onClose}>
      <div
        class={formStyle.form}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.target instanceof HTMLInputElement) save();
        }}
      >
        <label>
          Name
          <span class="field">
            <input
              value={name}
              disabled={group !== undefined}
              maxLength={32}
              placeholder="slow-home-feed"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </span>
        </label>
        <label>
          Filter expression
          <span class="field">
            <input
              class="mono"
              value={expression}
              spellcheck={false}
              onInput={(event) => setExpression(event.currentTarget.value)}
            />
          </span>
        </label>
        {problem && (
          <p class="s-fault" role="alert">
            {problem}
          </p>
        )}
        <p class="t2">Local X-Ray stores the group. The AWS CLI and other tools see it too.</p>
        <div class={formStyle.actions}>
          {group && (
            <button
              type="button"
              class="btn quiet"
              onClick={() => void attempt(() => groupsApi.delete(group.GroupName), '')}
            >
              Delete group
            </button>
          )}
          <span class="sp" />
          <button type="button" class="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="btn pri" onClick={save}>
            Save
          </button>
        </div>
      </div>
    </Dialog>
  );
}
