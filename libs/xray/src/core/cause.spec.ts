import {
  BadRequestException,
  HttpException,
  NotFoundException,
  ServiceUnavailableException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { capture } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';
import { runInNewContext } from 'node:vm';

/** The document of the subsegment in which `thrown` was thrown. */
function failing(thrown: unknown): any {
  const { segment } = trace(() => {
    try {
      capture('work', () => {
        throw thrown;
      });
    } catch {
      // As a caller would.
    }
  });
  return segment.subsegments![0];
}

const exceptions = (thrown: unknown) => failing(thrown).cause.exceptions as any[];

describe('a cause', () => {
  it('has type, message and a parsed stack', () => {
    class OutOfStock extends Error {}
    const [exception] = exceptions(new OutOfStock('no pears'));
    expect(exception).toMatchObject({ type: 'OutOfStock', message: 'no pears', remote: false });
    expect(exception.id).toMatch(/^[0-9a-f]{16}$/);
    expect(exception.stack[0]).toMatchObject({ path: __filename, line: expect.any(Number) });
    expect(failing(new Error('x')).cause.working_directory).toBe(process.cwd());
  });

  it('follows Error.cause', () => {
    const [outer, inner] = exceptions(new Error('outer', { cause: new TypeError('inner') }));
    expect([outer.message, inner.type, outer.cause]).toEqual(['outer', 'TypeError', inner.id]);
  });

  it.each([
    ['an AggregateError', new AggregateError([new Error('a'), new Error('b')], 'all')],
    [
      'one of another realm',
      runInNewContext("new AggregateError([new Error('a'), new Error('b')], 'all')"),
    ],
  ])('has all the errors of %s, the first as its cause', (_what, thrown: unknown) => {
    const [all, ...each] = exceptions(thrown);
    expect([all.message, all.cause]).toEqual(['all', each[0].id]);
    expect(each.map(({ message }) => message as string)).toEqual(['a', 'b']);
  });

  it('has at most ten exceptions', () => {
    const chain = (length: number): Error =>
      new Error(`level ${length}`, length > 1 ? { cause: chain(length - 1) } : undefined);
    const found = exceptions(chain(12));
    expect(found).toHaveLength(10);
    expect(found[9].cause).toBeUndefined();
    const all = exceptions(new AggregateError(Array.from({ length: 12 }, () => new Error('x'))));
    expect(all).toHaveLength(10);
  });

  it("stops where errors are each other's cause", () => {
    const [a, b] = [new Error('a'), new Error('b')];
    a.cause = b;
    b.cause = a;
    const [first, second, ...others] = exceptions(a);
    expect([first.cause, second.cause, others]).toEqual([second.id, undefined, []]);
  });

  it('is stored once and referred to by the nodes above, also as the cause of another error', () => {
    const inner = new Error('inner');
    const { segment } = trace(() => {
      try {
        capture('outermost', () =>
          capture('outer', () => {
            try {
              capture('inner', () => {
                throw inner;
              });
            } catch (cause) {
              throw new Error('outer', { cause });
            }
          }),
        );
      } catch {
        // As a caller would.
      }
    });
    const outermost = segment.subsegments![0] as any;
    const [outer] = outermost.subsegments;
    const { id } = outer.subsegments[0].cause.exceptions[0];
    expect(outer.cause.exceptions).toMatchObject([{ message: 'outer', cause: id }]);
    expect(outermost.cause).toBe(outer.cause.exceptions[0].id);
  });

  it('is stored once for a primitive that is passed up, and again for an equal one elsewhere', () => {
    const { segment } = trace(() => {
      for (const name of ['a', 'b']) {
        try {
          capture(name, () =>
            capture('inside', () => {
              throw 'text';
            }),
          );
        } catch {
          // As a caller would.
        }
      }
    });
    const [a, b] = segment.subsegments as any[];
    for (const { cause, subsegments } of [a, b]) {
      expect(cause).toBe(subsegments[0].cause.exceptions[0].id);
    }
    expect(a.cause).not.toBe(b.cause);
  });

  it('shows an object that is not an Error, without its secrets', () => {
    expect(exceptions({ code: 7, password: 'x' })[0].message).toBe(
      '{"code":7,"password":"[redacted]"}',
    );
  });

  it.each([
    [
      'connect to postgres://app:s3cret@db:5432/x',
      'connect to postgres://app:[redacted]@db:5432/x',
    ],
    ['http://:s3cret@a/ and http://b:s3cret@c', 'http://:[redacted]@a/ and http://b:[redacted]@c'],
    ['no password: http://a:80/x@y, //b:1/@c', 'no password: http://a:80/x@y, //b:1/@c'],
  ])('hides the password of a URL in its message: %s', (message, shown) => {
    expect(exceptions(new Error(message))[0].message).toBe(shown);
    expect(exceptions(message)[0].message).toBe(shown);
  });

  it('counts the frames of a stack that are left out', () => {
    const error = new Error('deep');
    error.stack = ['Error: deep', ...Array(80).fill('    at run (/app/deep.js:1:1)')].join('\n');
    const [exception] = exceptions(error);
    expect([exception.stack.length, exception.truncated]).toEqual([50, 30]);
  });

  it.each<[string, unknown, string[]]>([
    ['an HttpException of 404', new HttpException('x', 404), ['error']],
    ['one of 429', new HttpException('x', 429), ['error', 'throttle']],
    ['one of 500', new HttpException('x', 500), ['fault']],
    ['what http-errors made', { expose: true, statusCode: 413, message: 'x' }, ['error']],
    ["someone else's 404", { status: 404, response: { status: 404 } }, ['fault']],
  ])('sets the flags of %s', (_what, thrown, flags) => {
    const node = failing(thrown);
    expect(['error', 'fault', 'throttle'].filter((flag) => node[flag])).toEqual(flags);
  });
});

describe('the stack of a cause', () => {
  const forged = 'no pears\n    at forged (/tmp/forged.js:1:1)\n    at x (/tmp/x.js:2:2)';

  it('is not taken from the message', () => {
    const [exception] = exceptions(new Error(forged));
    expect(exception.stack[0]).toMatchObject({ path: __filename });
    expect(JSON.stringify(exception.stack)).not.toContain('forged');
  });

  it('is found after a message of a megabyte', () => {
    const [exception] = exceptions(new Error('x\n'.repeat(500_000)));
    expect(exception.stack[0]).toMatchObject({ path: __filename });
  });

  it('is found if the message was changed later', () => {
    const error = Object.assign(new Error('y'.repeat(500_000)), { message: 'short' });
    expect(exceptions(error)[0].stack[0]).toMatchObject({ path: __filename });
  });

  it('has 50 frames, and the number of the others', () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 120;
    const deep = (levels: number): Error => (levels === 0 ? new Error('deep') : deep(levels - 1));
    const [exception] = exceptions(deep(150));
    Error.stackTraceLimit = stackTraceLimit;
    expect([exception.stack.length, exception.truncated]).toEqual([50, 70]);
  });

  it.each([
    [
      '    at Cart.total (/app/cart.js:3:7)',
      { label: 'Cart.total', path: '/app/cart.js', line: 3 },
    ],
    [
      '    at async Cart.load (file:///app/cart.mjs:3:7)',
      { label: 'Cart.load', path: '/app/cart.mjs' },
    ],
    ['    at async /app/cart.js:3:7', { label: 'anonymous', path: '/app/cart.js', line: 3 }],
    ['    at C:\\app\\cart.js:3:7', { label: 'anonymous', path: 'C:\\app\\cart.js', line: 3 }],
    [
      '    at new Cart (node:internal/x:12)',
      { label: 'new Cart', path: 'node:internal/x', line: 12 },
    ],
    ['    at a.b [as c] (/app/a b.js:1:1)', { label: 'a.b [as c]', path: '/app/a b.js' }],
    ['    at Array.map (<anonymous>)', undefined],
    ['    at Promise.all (index 0)', undefined],
    ['what is at (/app/a.js:1:1)', undefined],
  ])('reads %j', (line, frame) => {
    const stack = `Error: x\n${line}`;
    const [exception] = exceptions(Object.assign(new Error('x'), { stack }));
    if (frame === undefined) expect(exception.stack).toBeUndefined();
    else expect(exception.stack).toMatchObject([frame]);
  });
});

describe('the message of an exception that determines the response', () => {
  const messageOf = (thrown: unknown) => exceptions(thrown)[0].message as string;

  it.each([
    ['a text', new NotFoundException('no such book'), 'no such book'],
    ['no text', new NotFoundException(), 'Not Found'],
    [
      "ValidationPipe's list",
      new BadRequestException(['quantity must be an integer number', 'name should not be empty']),
      'quantity must be an integer number; name should not be empty',
    ],
    [
      'a body of its own',
      new UnprocessableEntityException({ errors: { email: 'emailAlreadyExists' } }),
      '{"errors":{"email":"emailAlreadyExists"}}',
    ],
    [
      'a message and more',
      new HttpException({ message: 'refused', code: 'E42' }, 400),
      'refused; {"code":"E42"}',
    ],
    [
      "Terminus' failing indicator",
      new ServiceUnavailableException({
        status: 'error',
        info: { disk: { status: 'up' } },
        error: { database: { status: 'down', message: 'timeout' } },
        details: { disk: { status: 'up' }, database: { status: 'down', message: 'timeout' } },
      }),
      '{"error":{"database":{"status":"down","message":"timeout"}}}',
    ],
    [
      'a secret',
      new BadRequestException({ given: { password: 'hunter2', name: 'x' } }),
      '{"given":{"password":"[redacted]","name":"x"}}',
    ],
  ])('contains what the client received: %s', (_what, thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });

  it('stays within the budget, whatever the response body', () => {
    const errors = Array.from({ length: 10_000 }, (_, at) => `field ${at} is wrong`);
    expect(messageOf(new BadRequestException(errors)).length).toBeLessThanOrEqual(2_000);
  });
});
