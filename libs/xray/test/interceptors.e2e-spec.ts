import 'reflect-metadata';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Scope,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { map, of } from 'rxjs';

/*
 * Ours is one of the application's global interceptors, and steps out of Nest's chain of them:
 * the others must not notice.
 */

const wrapped = (name: string) => (result: unknown) => `${name}(${String(result)})`;

@Injectable()
class Outer implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map(wrapped('outer')));
  }
}

@Injectable({ scope: Scope.REQUEST })
class Inner implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map(wrapped(context.getHandler().name)));
  }
}

@Injectable()
class Cached implements NestInterceptor {
  intercept() {
    return of('kept');
  }
}

@Controller('books')
class BooksController {
  @Get('plain')
  plain() {
    return 'book';
  }

  @Get('inner')
  @UseInterceptors(Inner)
  inner() {
    return Promise.resolve('book');
  }

  @Get('cached')
  @UseInterceptors(Cached)
  cached() {
    return 'never asked for';
  }
}

const xray = new MemoryEmitter();
const tracing = XrayModule.forRoot({ serviceName: 'shop', emitter: xray });

@Module({ imports: [tracing], controllers: [BooksController] })
class AloneModule {}

@Module({
  imports: [tracing],
  controllers: [BooksController],
  providers: [{ provide: APP_INTERCEPTOR, useClass: Outer }],
})
class AmongOthersModule {}

const answers = {
  plain: ['book', 'outer(book)'],
  inner: ['inner(book)', 'outer(inner(book))'],
  cached: ['kept', 'outer(kept)'],
} as const;

describe.each([
  ['alone', AloneModule, 0],
  ["beside the application's", AmongOthersModule, 1],
] as const)('the global interceptor, %s,', (_place, module, expected) => {
  let app: INestApplication;

  beforeAll(async () => {
    app = await NestFactory.create(module, { logger: false });
    await app.listen(0, '127.0.0.1');
  });

  afterAll(() => app.close());

  it.each(['plain', 'inner', 'cached'] as const)('leaves others as they are: %s', async (path) => {
    xray.documents.length = 0;

    const response = await fetch(`${await app.getUrl()}/books/${path}`);

    expect(await response.text()).toBe(answers[path][expected]);
    while (xray.documents.length === 0) await new Promise((turn) => setImmediate(turn));
    expect(xray.documents).toMatchObject([
      { metadata: { nest: { controller: 'BooksController', handler: path } } },
    ]);
  });
});
