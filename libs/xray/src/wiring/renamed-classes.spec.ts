import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { classNames } from './renamed-classes';

type AnyClass = new () => unknown;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'renamed-classes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a file, which puts classes into `found`. */
function load(text: string, file = 'main.cjs'): AnyClass[] {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const found: AnyClass[] = [];
  const wrapped = `(found) => { ${text}\n}`;
  (new Script(wrapped, { filename: path }).runInThisContext() as (to: AnyClass[]) => void)(found);
  return found;
}

const renamedIn = (text: string, file?: string) =>
  Object.fromEntries(classNames(load(text, file)).renamed);

/** As bundlers write it. */
const RENAMED: [what: string, text: string, renamed: Record<string, string>][] = [
  [
    'esbuild: a decorated class',
    'var Cart = class Cart2 {};\nfound.push(Cart);',
    { Cart2: 'Cart' },
  ],
  [
    'esbuild: a name that ends in a digit already',
    'var OAuth2 = class OAuth22 {\n  constructor() {}\n};\nfound.push(OAuth2);',
    { OAuth22: 'OAuth2' },
  ],
  [
    "esbuild: with tsc's alias",
    'var Cart_1;\nvar Cart = Cart_1 = class Cart2 {\n  static of() { return Cart_1; }\n};\nfound.push(Cart);',
    { Cart2: 'Cart' },
  ],
  [
    'esbuild, minifySyntax: an own name that was removed',
    'var Cart_1, Cart=Cart_1=class{};\nfound.push(Cart);',
    { Cart_1: 'Cart' },
  ],
  [
    'esbuild after SWC: a class that refers to itself',
    'var S3 = class _S3 {\n  again() { return new _S3(); }\n};\nfound.push(S3);',
    { _S3: 'S3' },
  ],
  [
    'esbuild: a class with static members',
    'var _Cart = class _Cart {\n  static rate = _Cart.name;\n};\nvar Cart = _Cart;\nfound.push(Cart);',
    { _Cart: 'Cart' },
  ],
  [
    'esbuild: the second class of a name',
    'var Cart = class {};\nvar Cart3 = class Cart4 {};\nfound.push(Cart, Cart3);',
    { Cart4: 'Cart' },
  ],
  [
    'esbuild: the second class of a name, without a decorator',
    '// src/a/order.service.ts\nvar OrderService = class {};\n// src/b/order.service.ts\nvar OrderService2 = class {};\nfound.push(OrderService, OrderService2);',
    { OrderService2: 'OrderService' },
  ],
  [
    'webpack: the second class of a name',
    ';// ./src/b/order.service.js\nclass order_service_OrderService {}\nfound.push(order_service_OrderService);',
    { order_service_OrderService: 'OrderService' },
  ],
  [
    'rspack: the second class of a name',
    ';// CONCATENATED MODULE: ./src/b/cart.js\nclass cart_Cart {}\nfound.push(cart_Cart);',
    { cart_Cart: 'Cart' },
  ],
  [
    'Rollup: the second class of a name',
    'class Cart$1 {}\nfound.push(Cart$1);',
    { Cart$1: 'Cart' },
  ],
];

/** Names of the source that look like a bundler's. */
const KEPT: [what: string, text: string][] = [
  [
    'digits',
    'class S3 {}\nclass OAuth2 {}\nfound.push(S3, OAuth2, class Http2 {}, class Web3 {});',
  ],
  ['digits in expressions', 'let Auth0 = class Auth0 {};\nAuth0 = Auth0;\nfound.push(Auth0);'],
  [
    "tsc's alias",
    'var S3_1;\nlet S3 = S3_1 = class S3 {\n  own() { return S3_1; }\n};\nfound.push(S3);',
  ],
  ["tsc's name for a default export", 'let default_1 = class {};\nfound.push(default_1);'],
  ["SWC's name for a default export", 'let _class = class {};\nfound.push(_class);'],
  [
    'a version beside the first, each in its own file',
    '// src/report.ts\nclass Report {}\n// src/report2.ts\nclass Report2 {}\nfound.push(Report, Report2);',
  ],
  ['the name of another technology', 'class Http {}\nclass Http2 {}\nfound.push(Http, Http2);'],
  ['underscores', 'class _Cart {}\nlet Cart_V2 = class Cart_V2 {};\nfound.push(_Cart, Cart_V2);'],
  ['exports', 'const exports = {};\nexports.S3 = class S3 {};\nfound.push(exports.S3);'],
];

describe('the names of classes', () => {
  it.each(RENAMED)('are found out where a bundler changed them, %s', (_what, text, renamed) => {
    expect(renamedIn(text)).toEqual(renamed);
  });

  it.each(KEPT)('are those of the source: %s', (_what, text) => {
    expect(renamedIn(text)).toEqual({});
  });

  it('are not judged for packages, which the application cannot change', () => {
    const text = 'var Cart = class Cart2 {};\nfound.push(Cart);';
    expect(renamedIn(text, 'node_modules/lib/index.js')).toEqual({});
    const bundled = "const keys = ['design:paramtypes', 'self:paramtypes'];";
    expect(renamedIn(`${bundled}\n// node_modules/lib/index.js\n${text}`)).toEqual({});
  });

  it('are minified if most are short, in long lines', () => {
    const filler = `const filler=${JSON.stringify('x'.repeat(1_000))};`;
    const short = `${filler}class a{}class Ke{}class Cart{}found.push(a,Ke,Cart);`;
    expect(classNames(load(short)).minified).toBe(true);
    const kept = `${filler}class S3{}class Cart{}class Order{}found.push(S3,Cart,Order);`;
    expect(classNames(load(kept)).minified).toBe(false);
    expect(classNames(load('class A {}\nclass B {}\nfound.push(A, B);')).minified).toBe(false);
  });

  it('are not judged without the code that runs', () => {
    const classes = load('var Cart = class Cart2 {};\nfound.push(Cart);');
    rmSync(join(folder, 'main.cjs'));
    expect(classNames(classes)).toEqual({ minified: false, renamed: new Map() });
    expect(classNames([Map, class Set2 {}, class {}]).renamed.size).toBe(0);
  });
});
