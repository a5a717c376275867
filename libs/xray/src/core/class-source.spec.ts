import { runInThisContext } from 'node:vm';
import { ClassSource } from './class-source';

/** What a class is at run time: nothing but its name and what it extends. */
function named(name: string, parent?: new () => object): new () => object {
  const type = parent ? class extends parent {} : class {};
  Object.defineProperty(type, 'name', { value: name });
  return type;
}

function lineOf(text: string, owner: string, key: string | symbol, isStatic = false) {
  const type = named(owner);
  const at = new ClassSource(text).find({ owner: type, declaring: type, key, isStatic });
  return at === undefined ? undefined : text.slice(0, at).split('\n').length;
}

const inCart = (...lines: string[]) => ['class Cart {', ...lines, '}'].join('\n');

describe('ClassSource', () => {
  it.each<[string, string[], number]>([
    [
      'after calls of the same name',
      ['  x = total(1);', '  y =', '    total(2);', '  total() {}'],
      5,
    ],
    ['after a comment', ['/*', 'total() {', '*/', '  total() {}'], 5],
    ['after a template', ['  x = `', '  total() { ${{ a: `}` }.a}', '  `;', '  total() {}'], 5],
    ['after a regular expression', ["  x = /[/'{]/;", '  total() {}'], 3],
    ['after a division', ["  x = 4 / 2; // it's {", '  total() {}'], 3],
    [
      'of several overloads',
      ['  total(a: 1): 1;', '  total(a: 2): { b: 2 };', '  total(a: 3) {}'],
      4,
    ],
    ['with type parameters', ['  total<A extends () => { b: 1 }>', '  (a: A) {}'], 2],
    ['behind its decorator', ['  @Subsegment() public async total() {}'], 2],
    ['behind a bare decorator', ['  @Traced total() {}'], 2],
    [
      'behind a decorator with a call',
      ['  @Traced({', '    a: () => total(1),', '  })', '  total() {}'],
      5,
    ],
    ['behind a field without semicolon', ['  x: Map<1, 2>', '  total() {}'], 3],
    ['in quotes', ["  'total'() {}"], 2],
    ['beside a getter and a static one', ['  total() {}', '  static total() {}'], 2],
    ['beside a private one', ['  total() {}', '  #total() {}'], 2],
    ['that is written twice', ['  total() {}', '  total() {}'], 3],
    ['far below its decorator', ['  @Traced()', `/*${'\n'.repeat(500)}*/`, '  total() {}'], 504],
  ])('finds a method %s', (_what, lines, expected) => {
    const text = inCart(...lines);
    expect(lineOf(text, 'Cart', 'total')).toBe(expected);
    expect(lineOf(text.replaceAll('\n', '\r\n'), 'Cart', 'total')).toBe(expected);
  });

  it('finds a static method next to another method of the same name', () => {
    const text = inCart('  total() {}', '  static async total() {}', '  total2() {}');
    expect(lineOf(text, 'Cart', 'total', true)).toBe(3);
  });

  it.each<[string, string, string | symbol]>([
    [
      'a call in a field',
      inCart('  x = y', '    + total(1);', '  z = new', '    total(1);'),
      'total',
    ],
    ['a call in a method', inCart('  add() {', '    total()', '  }'), 'total'],
    ['an accessor', inCart('  get total() {', '    return 1;', '  }'), 'total'],
    ['a method of a type', inCart('  x: {', '    total(): void;', '  };'), 'total'],
    [
      'a method of an inner class',
      inCart('  add() {', '    return class {', '  total() {}', '};}'),
      'total',
    ],
    ['a method of the next class', `${inCart()}\nclass Basket {\n  total() {}\n}`, 'total'],
    ['a symbol of the same name', inCart('  total() {}'), Symbol('total')],
    [
      'a class that is there twice',
      `${inCart('  total() {}')}\n${inCart('  total() {}')}`,
      'total',
    ],
    ['a class in a comment', `/* ${inCart('  total() {}')} */`, 'total'],
    ['a class that does not end', 'class Cart {\n  x = `\n  total() {}\n', 'total'],
    ['a class without a body', 'class Cart', 'total'],
  ])('finds nothing for %s', (_what, text, key) => {
    expect(lineOf(text, 'Cart', key)).toBeUndefined();
  });

  describe('of an inherited method', () => {
    const find = (text: string) => {
      const declaring = named('Base');
      const owner = named('Cart', declaring);
      return new ClassSource(text).find({ owner, declaring, key: 'total', isStatic: false });
    };
    const base = 'class Base<T> {\n  total() {}\n}\n';

    it.each(['Base {}', 'Base<1> {}', 'Base implements Sums {}'])(
      'finds it in the base class: %s',
      (parent) => {
        const text = `${base}class Cart extends ${parent}`;
        expect(find(text)).toBe(text.indexOf('total'));
      },
    );

    it.each(['Other {}', 'other.Base {}', 'Base(Other) {}', 'mixin(Base) {}'])(
      'finds nothing if the class extends a different class: %s',
      (parent) => expect(find(`${base}class Cart extends ${parent}`)).toBeUndefined(),
    );
  });

  it('distinguishes classes with the same name in a bundle by their text', () => {
    const bundled =
      'var A = class {\n  total() { return 1; }\n};\nvar B = class {\n  total() { return 2; }\n};';
    const [A, B] = runInThisContext(`${bundled}\n[A, B];`) as (new () => object)[];
    const lines = [A!, B!].map((type) => {
      Object.defineProperty(type, 'name', { value: 'Cart' });
      const at = new ClassSource(bundled).find({
        owner: type,
        declaring: type,
        key: 'total',
        isStatic: false,
      })!;
      return bundled.slice(0, at).split('\n').length;
    });
    expect(lines).toEqual([2, 5]);
  });
});
