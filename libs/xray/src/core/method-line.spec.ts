import { methodLine } from './method-line';

const SOURCE = `import { save } from './save';

export class Cart {
  @Subsegment()
  async total(items: number[]): Promise<number> {
    total(
      items,
    );
    return items.length;
  }

  find(id: string): string;
  find(id: number): string;
  @Subsegment() find(id: unknown): string {
    return String(id);
  }

  static *pages<T>(of: T) {
    yield of;
  }

  'quoted'() {}
}

class Basket extends Cart {
  override async total() {
    return 1;
  }
}
`.split('\n');

describe('methodLine', () => {
  it.each([
    ['Cart', 'total', 5],
    ['Cart', 'find', 14],
    ['Cart', 'pages', 18],
    ['Cart', 'quoted', 22],
    ['Basket', 'total', 26],
  ])('finds %s.%s', (owner, method, line) => {
    expect(methodLine(SOURCE, owner, method)).toBe(line);
  });

  it.each([
    ['a method that another class has', SOURCE, 'Basket', 'find'],
    ['a class that is not there', SOURCE, 'Order', 'total'],
    ['a class that is there twice', [...SOURCE, ...SOURCE], 'Cart', 'total'],
    ['a name that is none', SOURCE, 'Cart', 'total)'],
    ['minified code', [`class Cart{${'x'.repeat(2_000)}total(){}}`], 'Cart', 'total'],
    ['code on one line', ['class Cart { total() {} }'], 'Cart', 'total'],
  ])('gives none for %s', (_what, source, owner, method) => {
    expect(methodLine(source, owner, method)).toBeUndefined();
  });
});
