import { mark } from './mark';

class Root {
  count() {
    return mark('Root.count');
  }
}

export class Stock extends Root {
  amount(): number {
    return mark('Stock.amount');
  }
}

export class Base {
  open(): number {
    return mark('Base.open');
  }
}
