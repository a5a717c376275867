import {
  Controller,
  Get,
  Injectable,
  Module,
  type INestApplication,
  type MiddlewareConsumer,
  type NestMiddleware,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import { get, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Subsegment, XrayModule, type SegmentDocument } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { documentsOf } from './tracing';

type Next = (error?: unknown) => void;

@Injectable()
class Users {
  @Subsegment()
  async load(): Promise<string> {
    await Promise.resolve();
    return 'andrew';
  }
}

@Controller('feed')
class FeedController {
  constructor(private readonly users: Users) {}

  @Get()
  show(): Promise<string> {
    return this.users.load();
  }
}

/** Middleware that calls `next` in one of the ways that middleware does. */
@Injectable()
class CallsNext implements NestMiddleware {
  @Subsegment()
  use(_request: unknown, _response: unknown, next: Next): void {
    next();
  }
}

@Injectable()
class CallsNextLater implements NestMiddleware {
  @Subsegment()
  use(_request: unknown, _response: unknown, next: Next): void {
    setTimeout(() => next(), 1);
  }
}

@Injectable()
class Awaits implements NestMiddleware {
  constructor(private readonly users: Users) {}

  @Subsegment()
  async use(_request: unknown, _response: unknown, next: Next): Promise<void> {
    await this.users.load();
    next();
  }
}

@Injectable()
class AwaitsNext implements NestMiddleware {
  @Subsegment()
  async use(
    _request: unknown,
    _response: unknown,
    next: () => Promise<void> | void,
  ): Promise<void> {
    await next();
    await this.after();
  }

  @Subsegment()
  async after(): Promise<void> {}
}

@Injectable()
class Answers implements NestMiddleware {
  @Subsegment()
  use(_request: unknown, response: ServerResponse): void {
    setTimeout(() => {
      response.statusCode = 401;
      response.end();
    }, 1);
  }
}

@Injectable()
class AnswersWithNext implements NestMiddleware {
  @Subsegment()
  use(_request: unknown, response: ServerResponse, _next: Next): void {
    response.statusCode = 401;
    response.end();
  }
}

@Injectable()
class PassesError implements NestMiddleware {
  @Subsegment()
  use(_request: unknown, _response: unknown, next: Next): void {
    setTimeout(() => next(new Error('no session')), 1);
  }
}

@Injectable()
class Throws implements NestMiddleware {
  @Subsegment()
  use(_request: unknown, _response: unknown, _next: Next): void {
    throw new Error('no session');
  }
}

@Injectable()
class Rejects implements NestMiddleware {
  @Subsegment()
  async use(_request: unknown, _response: unknown, _next: Next): Promise<void> {
    await Promise.resolve();
    throw new Error('no session');
  }
}

@Injectable()
class NeverAnswers implements NestMiddleware {
  @Subsegment()
  use(_request: unknown, _response: unknown, _next: Next): void {}
}

const platforms = { Express: () => undefined, Fastify: () => new FastifyAdapter() };

describe.each(Object.keys(platforms) as (keyof typeof platforms)[])(
  'decorated middleware on %s',
  (platform) => {
    let app: INestApplication | undefined;
    const emitter = new MemoryEmitter();

    afterEach(async () => {
      await app?.close();
      emitter.documents.length = 0;
    });

    async function start(middleware: Type<NestMiddleware>): Promise<string> {
      @Module({
        imports: [XrayModule.forRoot({ serviceName: 'shop', emitter })],
        controllers: [FeedController],
        providers: [Users],
      })
      class App {
        configure(consumer: MiddlewareConsumer): void {
          consumer.apply(middleware).forRoutes('feed');
        }
      }
      const adapter = platforms[platform]();
      app = await (adapter
        ? NestFactory.create(App, adapter, { logger: false })
        : NestFactory.create(App, { logger: false }));
      await app.listen(0, '127.0.0.1');
      const { port } = app.getHttpServer().address() as AddressInfo;
      return `http://127.0.0.1:${port}/feed`;
    }

    async function requested(
      middleware: Type<NestMiddleware>,
    ): Promise<{ status: number; segment: SegmentDocument }> {
      const response = await fetch(await start(middleware));
      await response.text();
      const [segment] = await documentsOf(emitter, 1);
      return { status: response.status, segment: segment! };
    }

    it.each<[string, Type<NestMiddleware>]>([
      ['at once', CallsNext],
      ['in a callback', CallsNextLater],
    ])(
      'ends when it calls next %s, and does not contain the handler',
      async (_when, middleware) => {
        const { segment } = await requested(middleware);

        expect(segment.subsegments).toEqual([
          expect.objectContaining({ name: `${middleware.name}.use` }),
          expect.objectContaining({ name: 'Users.load' }),
        ]);
        const [own, handler] = segment.subsegments!;
        expect(own!.subsegments).toBeUndefined();
        expect(own!.end_time).toBeLessThanOrEqual(handler!.start_time);
      },
    );

    it('contains what it awaits before it calls next', async () => {
      const { segment } = await requested(Awaits);

      expect(segment.subsegments).toEqual([
        expect.objectContaining({
          name: 'Awaits.use',
          subsegments: [expect.objectContaining({ name: 'Users.load' })],
        }),
        expect.objectContaining({ name: 'Users.load' }),
      ]);
    });

    it('keeps its own calls after next', async () => {
      const { segment } = await requested(AwaitsNext);
      const own = segment.subsegments!.find(({ name }) => name === 'AwaitsNext.use')!;

      expect(own.subsegments).toEqual([expect.objectContaining({ name: 'AwaitsNext.after' })]);
      expect(segment.subsegments!.map(({ name }) => name)).toContain('Users.load');
    });

    it.each<[string, Type<NestMiddleware>]>([
      ['declares no next', Answers],
      ['does not call next', AnswersWithNext],
    ])('ends with the response if it answers and %s', async (_how, middleware) => {
      const { status, segment } = await requested(middleware);

      expect(status).toBe(401);
      expect(segment.http?.response?.status).toBe(401);
      const [own] = segment.subsegments!;
      expect(own!.in_progress).toBeUndefined();
      expect(own!.end_time).toBeGreaterThanOrEqual(own!.start_time);
    });

    it.each<[string, Type<NestMiddleware>]>([
      ['passes to next', PassesError],
      ['throws', Throws],
      ['rejects with', Rejects],
    ])('has the error that it %s', async (_how, middleware) => {
      const { status, segment } = await requested(middleware);

      expect(status).toBe(500);
      expect(segment.fault).toBe(true);
      expect(segment.subsegments).toEqual([
        expect.objectContaining({ name: `${middleware.name}.use`, fault: true }),
      ]);
      const [own] = segment.subsegments!;
      expect(own!.cause).toMatchObject({ exceptions: [{ message: 'no session' }] });
    });

    it('ends when the client leaves without an answer', async () => {
      const url = await start(NeverAnswers);
      const request = get(url);
      request.on('error', () => undefined);
      const server = app!.getHttpServer() as import('node:http').Server;
      await once(server, 'request');
      request.destroy();
      const [segment] = await documentsOf(emitter, 1);

      const [own] = segment!.subsegments!;
      expect(own).toMatchObject({ name: 'NeverAnswers.use' });
      expect(own!.in_progress).toBeUndefined();
    });
  },
);
