import fc from 'fast-check';
import type { Filter } from '../../src/query/filter-ast';
import { CONTEXT_WORDS, type FilterContext } from '../../src/query/filter-context';
import { KEYWORDS, type Keyword } from '../../src/query/filter-keywords';

/** What random filters compare with. */
export interface Vocabulary {
  text: fc.Arbitrary<string>;
  number: fc.Arbitrary<number>;
  key: fc.Arbitrary<string>;
  /** Whether there are groups. */
  groups: boolean;
}

const anyText = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', '"', '\\', 'AND', 'é\u0000'),
);
const ANY: Vocabulary = {
  text: anyText,
  // Adding zero makes -0, which is written as 0, one of it.
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  key: fc.oneof(fc.constantFrom('plan', 'a.b', '1', '_'), anyText),
  groups: true,
};

/** Filters as the parser makes them: no AND within AND, no NOT of NOT, nothing twice negated. */
export function anyFilter(
  context: FilterContext,
  depth = 3,
  words: Vocabulary = ANY,
): fc.Arbitrary<Filter> {
  const allowed = CONTEXT_WORDS[context];
  const { text, number, key } = words;
  const numberOp = fc.constantFrom('=', '!=', '<', '<=', '>', '>=' as const);
  const textOp = fc.constantFrom('=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH' as const);
  const of = (type: Keyword['type']) =>
    KEYWORDS.filter((each) => each.type === type && allowed.includes(each.name))
      // The parser puts these in other words at once.
      .filter(({ trace }) => context !== 'trace' || !(trace && 'means' in trace))
      .map(({ name }) => name);
  const leaves: fc.Arbitrary<Filter>[] = [];
  const add = (leaf: fc.Arbitrary<unknown>) => leaves.push(leaf as fc.Arbitrary<Filter>);
  const boolean = of('boolean');
  add(
    fc.record({
      kind: fc.constant('boolean'),
      keyword: fc.constantFrom(...boolean),
      is: fc.boolean(),
    }),
  );
  add(
    fc.record({
      kind: fc.constant('text'),
      keyword: fc.constantFrom(...of('text')),
      op: textOp,
      value: text,
    }),
  );
  add(fc.record({ kind: fc.constant('number'), keyword: fc.constantFrom(...of('number')) }));
  add(
    fc.record({
      kind: fc.constant('number'),
      keyword: fc.constantFrom(...of('number')),
      op: numberOp,
      value: number,
    }),
  );
  if (allowed.includes('annotation.')) {
    add(fc.record({ kind: fc.constant('annotation'), key }));
    add(fc.record({ kind: fc.constant('annotation'), key, op: numberOp, value: number }));
    add(fc.record({ kind: fc.constant('annotation'), key, op: textOp, value: text }));
    add(
      fc.record({
        kind: fc.constant('annotation'),
        key,
        op: fc.constantFrom('=', '!='),
        value: fc.boolean(),
      }),
    );
  }
  if (context === 'trace') {
    const inner = (each: FilterContext) => fc.option(anyFilter(each, 1, words), { nil: undefined });
    const target = fc.record({ name: text, type: text, account: text }, { requiredKeys: [] });
    const known = fc.record({ name: text, type: text, account: text }, { requiredKeys: ['name'] });
    const complete = (filter: object) =>
      fc.constant(filter).map((each) => JSON.parse(JSON.stringify(each)) as Filter);
    add(
      fc
        .record({ target, where: inner('service') })
        .chain((each) => complete({ kind: 'service', ...each })),
    );
    add(
      fc
        .record({ from: known, to: known, where: inner('edge') })
        .chain((each) => complete({ kind: 'edge', ...each })),
    );
    const parts = fc.constantFrom('service', 'entity', 'exception' as const);
    const causes = fc.constantFrom('fault', 'error', 'responsetime');
    add(
      fc
        .tuple(causes, parts)
        .chain(([cause, part]) =>
          inner(`rootcause.${part}`).chain((where) =>
            complete({ kind: 'rootcause', of: cause, part, where }),
          ),
        ),
    );
    if (words.groups)
      add(
        fc.record({
          kind: fc.constant('group'),
          by: fc.constantFrom('name', 'arn'),
          is: fc.boolean(),
          value: text,
        }),
      );
    const json = fc.array(fc.record({ Services: fc.array(fc.record({ Name: fc.string() })) }), {
      maxLength: 2,
    });
    add(
      json.map((value) => ({
        kind: 'rootcause.json',
        value: JSON.parse(JSON.stringify(value)) as unknown[],
      })),
    );
  }
  const leaf = fc.oneof(...leaves);
  if (depth === 0) return leaf;
  const below = anyFilter(context, depth - 1, words);
  const not = (kinds: string[]) => below.filter(({ kind }) => !kinds.includes(kind));
  return fc.oneof(
    { depthSize: 'small' },
    leaf,
    not(['not']).map((item): Filter => ({ kind: 'not', item })),
    fc
      .array(not(['and']), { minLength: 2, maxLength: 4 })
      .map((items): Filter => ({ kind: 'and', items })),
    fc
      .array(not(['or']), { minLength: 2, maxLength: 4 })
      .map((items): Filter => ({ kind: 'or', items })),
  );
}
