import { matches, viewDocuments, type TraceView } from './filter-evaluate';
import { resolveGroups } from './filter-groups';
import { parseFilter } from './filter-parser';
import { EVERY, EXPRESSIONS, expressionOf, TRACES } from '../../test/support/filter-samples';

describe('a filter expression', () => {
  const views = new Map<string, TraceView>(
    EVERY.map((name) => [name, viewDocuments(`1-00000000-${'0'.repeat(24)}`, TRACES[name]!)]),
  );

  it.each(EXPRESSIONS)('finds by %s the right traces', (expression, finds) => {
    const filter = resolveGroups(parseFilter(expression), expressionOf);

    expect(EVERY.filter((name) => matches(filter, views.get(name)!))).toEqual(finds);
  });

  it('reads documents only if nothing else decides', () => {
    const view = { ...views.get('checkout')!, model: () => fail(), summary: () => fail() };
    const fail = (): never => {
      throw new Error('looked too deep');
    };

    for (const expression of [
      'service("billing") { fault OR user = "x" }',
      'fault OR annotation.plan = 1',
      'service("billing") { responsetime > 9 AND user = "x" }',
      'http.status = 200 AND message = "x"',
    ]) {
      expect(() => matches(parseFilter(expression), view)).not.toThrow();
    }
  });
});

describe('a group in a filter expression', () => {
  it.each([
    ['group.name = "none"', 'There is no group whose name is "none"'],
    [
      'group.name = "loop"',
      'The filter expression of group "loop" refers to itself: loop → pool → loop',
    ],
    [
      'group.name = "wrong"',
      'The filter expression of group "wrong" is wrong: Unknown keyword "oops"',
    ],
  ])('is rejected if it is %s', (expression, message) => {
    expect(() => resolveGroups(parseFilter(expression), expressionOf)).toThrow(message);
  });

  it('is rejected if groups of groups grow without end', () => {
    const doubling = (_: string, value: string) =>
      `group.name = "${value}x" OR group.name = "${value}y"`;

    expect(() => resolveGroups(parseFilter('group.name = "g"'), doubling)).toThrow(
      'more than 100 times',
    );
  });
});
