import { Annotation, Metadata, Segment, SkipSubsegment, Subsegment } from 'nestjs-xray';

type AnyDecorator = (...args: unknown[]) => unknown;
const decorators = {
  Subsegment,
  Segment,
  SkipSubsegment,
  Annotation,
  Metadata,
} as unknown as Record<string, AnyDecorator>;

class Cart {
  load(id: string): string {
    return id;
  }

  static open(): void {}
}

describe('a decorator without parentheses', () => {
  const descriptor = Object.getOwnPropertyDescriptor(Cart.prototype, 'load');

  it.each(['Subsegment', 'Segment', 'SkipSubsegment'])('is refused on a method: @%s', (name) => {
    const decorate = decorators[name]!;
    const error = `Cannot use @${name} without parentheses on Cart.load. Write @${name}() in its place.`;
    expect(() => decorate(Cart.prototype, 'load', descriptor)).toThrow(error);
    expect(() => decorate(Cart, 'open', descriptor)).toThrow('on Cart.open.');
    expect(() => decorate(Cart)).toThrow('on class Cart.');
    expect(() => decorate(Cart.prototype, 'field')).toThrow('on Cart.field.');
    const context = { kind: 'method', name: 'load' };
    expect(() => decorate(() => undefined, context)).toThrow('on method load.');
  });

  it.each(['Annotation', 'Metadata'])('is refused on a parameter: @%s', (name) => {
    const decorate = decorators[name]!;
    expect(() => decorate(Cart.prototype, 'load', 0)).toThrow(
      `Cannot use @${name} without parentheses on parameter 1 of Cart.load. Write @${name}() in its place.`,
    );
    expect(() => decorate(Cart, undefined, 1)).toThrow('on parameter 2 of Cart.constructor.');
  });

  it.each(['Subsegment', 'Segment'])(
    'names the compiler option if decorators are standard: @%s()',
    (name) => {
      const decorate = decorators[name]!() as AnyDecorator;
      expect(() => decorate(() => undefined, { kind: 'method', name: 'load' })).toThrow(
        /method load.*experimentalDecorators/,
      );
    },
  );
});
