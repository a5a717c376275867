import { Subsegment } from 'nestjs-xray';
import { Base, Stock } from './base';
import { mark } from './mark';

/* class Cart { total() {} } */
const text = `class Cart {
  total() { ${'}'.length} }
}`;

@Subsegment()
export class Plain {
  first() {
    return mark('Plain.first');
  }

  get second() {
    return 2;
  }

  static first() {
    return mark('static Plain.first');
  }

  async *second2<T extends { a: () => void }>(of?: T) {
    yield mark('Plain.second2', of);
  }
}

export class Cart {
  readonly sum = total(/[{'"`]/.test(text) ? 1 : 2);
  readonly later = total(3);

  /**
   * total() {
   */
  @Subsegment({
    annotations: ([first]) => ({ first: total(Number(first ?? 0)) }),
  })
  // total() {
  /*
total() {
  */
  public async total(items: number[] = [1]): Promise<number> {
    const done = mark('Cart.total', items);
    total(1);
    return done;
  }

  find(id: string): string;
  find(id: number): { text: string };
  @Subsegment() find(id: unknown): unknown {
    return mark('Cart.find', id);
  }

  @Subsegment()
  protected 'in quotes'() {
    return mark('Cart.in quotes');
  }

  @Subsegment()
  [Symbol('find')]() {
    return mark('Cart.symbol');
  }

  bySymbol() {
    const [symbol] = Object.getOwnPropertySymbols(Cart.prototype);
    (this as never as Record<symbol, () => void>)[symbol!]!();
    this['in quotes']();
  }
}

function total(of: number): number {
  return of / 2 / 1;
}

export class Basket extends Cart {
  @Subsegment()
  override async total() {
    return mark('Basket.total');
  }
}

/** Inherits from the file beside it, which has a class of the same name as one here. */
@Subsegment()
export class Shelf extends Stock {
  own() {
    return mark('Shelf.own');
  }
}

export function makeLocal() {
  class Root {
    count() {
      return mark('local Root.count');
    }
  }
  return Root;
}

@Subsegment()
export class Box extends Base {
  pack() {
    return mark('Box.pack');
  }
}

export function counted<T extends new (...args: never[]) => object>(parent: T) {
  class Counted extends (parent as new () => object) {
    @Subsegment()
    count() {
      return mark('Counted.count');
    }
  }
  return Counted;
}

export class Looped {
  [name: string]: () => unknown;
}
for (const name of ['one', 'two']) {
  const method = function () {
    return mark(`Looped.${name}`);
  };
  const descriptor = { value: method as never, configurable: true, writable: true };
  (Subsegment() as MethodDecorator)(Looped.prototype, name, descriptor);
  Object.defineProperty(Looped.prototype, name, descriptor);
}
