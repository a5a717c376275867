import type { CausePart, Filter } from './filter-ast';
import { keywordOf } from './filter-keywords';
import { compareNumber, compareText, decide, type Leaf } from './filter-logic';
import type { RootCause, TraceSummary } from '../trace/summary.types';

/** The subject of a condition in `rootcause.….service`, `.entity` or `.exception`. */
export interface CauseItem {
  name: string | undefined;
  type?: string;
  message?: string;
  index: number;
  last: boolean;
  inferred?: boolean;
  remote?: boolean;
  coverage?: number;
}

/**
 * Decides `rootcause.….… { }`: whether some service, entity or exception of some root cause
 * matches.
 */
export function decideOnCauses(
  { of, part, where }: Extract<Filter, { kind: 'rootcause' }>,
  summary: TraceSummary,
): boolean {
  const causes = {
    fault: summary.FaultRootCauses,
    error: summary.ErrorRootCauses,
    responsetime: summary.ResponseTimeRootCauses,
  }[of];
  return causes.some((cause) =>
    itemsOf(cause, part).some(
      (item) => !where || decide(where, (leaf) => decideLeaf(leaf, item)) === true,
    ),
  );
}

function itemsOf({ Services }: RootCause, part: CausePart): CauseItem[] {
  if (part === 'service') {
    return Services.map(({ Name, Type, Inferred }, index) => ({
      name: Name,
      type: Type || undefined,
      inferred: Inferred,
      index,
      last: index === Services.length - 1,
    }));
  }
  return Services.flatMap(({ EntityPath }): CauseItem[] => {
    if (part === 'entity') {
      return EntityPath.map(({ Name, Remote, Coverage }, index) => ({
        name: Name,
        remote: Remote,
        coverage: Coverage,
        index,
        last: index === EntityPath.length - 1,
      }));
    }
    return EntityPath.flatMap(({ Exceptions = [] }) =>
      Exceptions.map(({ Name, Message }, index) => ({
        name: Name || undefined,
        message: Message,
        index,
        last: index === Exceptions.length - 1,
      })),
    );
  });
}

function decideLeaf(leaf: Leaf, item: CauseItem): boolean {
  switch (leaf.kind) {
    case 'boolean':
      return keywordOf('boolean', leaf.keyword).cause!.read(item) === leaf.is;
    case 'number':
      return compareNumber(
        keywordOf('number', leaf.keyword).cause!.read(item),
        leaf.op,
        leaf.value,
      );
    case 'text':
      return compareText(keywordOf('text', leaf.keyword).cause!.read(item), leaf.op, leaf.value);
    default:
      throw new Error(`${leaf.kind} cannot be used in a root cause`);
  }
}

/**
 * Decides `rootcause.json = #[…]`: each member must describe some root cause of the trace, of any
 * kind. Missing members of objects match anything; lists must be complete.
 */
export function decideOnJson(wanted: unknown[], summary: TraceSummary): boolean {
  const causes = [
    ...summary.FaultRootCauses,
    ...summary.ErrorRootCauses,
    ...summary.ResponseTimeRootCauses,
  ];
  return wanted.every((each) => causes.some((cause) => describes(each, cause)));
}

function describes(wanted: unknown, actual: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((each, at) => describes(each, actual[at]))
    );
  }
  if (typeof wanted !== 'object' || wanted === null) return wanted === actual;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(wanted).every(
    ([key, value]) =>
      Object.hasOwn(actual, key) && describes(value, (actual as Record<string, unknown>)[key]),
  );
}
