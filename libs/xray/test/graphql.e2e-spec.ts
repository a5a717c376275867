import { Injectable, Module, NotFoundException, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Args,
  Field,
  GraphQLModule,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { Subsegment, XrayModule, type XrayModuleExtras, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import type { AddressInfo, Server } from 'node:net';

@ObjectType()
class Book {
  @Field(() => Int)
  id!: number;
  @Field()
  title!: string;
}

@Injectable()
class Library {
  @Subsegment()
  async find(id: number): Promise<Book> {
    if (id === 0) throw new NotFoundException('no book 0');
    return { id, title: `Book ${id}` };
  }
}

@Resolver(() => Book)
class BookResolver {
  constructor(private readonly library: Library) {}

  @Query(() => Book)
  book(@Args('id', { type: () => Int }) id: number): Promise<Book> {
    return this.library.find(id);
  }

  @Mutation(() => Boolean)
  async lend(@Args('id', { type: () => Int }) id: number): Promise<boolean> {
    await this.library.find(id);
    return true;
  }

  @ResolveField(() => String)
  async author(@Parent() { id }: Book): Promise<string> {
    return `author of ${(await this.library.find(id)).title}`;
  }
}

const xray = new MemoryEmitter();

async function start(options: Partial<XrayOptions & XrayModuleExtras>) {
  @Module({
    imports: [
      XrayModule.forRoot({ serviceName: 'library', emitter: xray, ...options }),
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        playground: false,
      }),
    ],
    providers: [Library, BookResolver],
  })
  class LibraryModule {}
  const app = await NestFactory.create(LibraryModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}/graphql` };
}

async function ask(url: string, query: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: any; errors?: any[] };
  while (xray.documents.length < 1) await new Promise((turn) => setImmediate(turn));
  expect(xray.documents).toHaveLength(1);
  return { data, errors, segment: xray.documents[0]! };
}

beforeEach(() => {
  xray.documents.length = 0;
});

describe.each([
  ['with the interceptor', true],
  ['without the interceptor', false],
])('a segment of a GraphQL request, %s,', (_mode, interceptor) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    ({ app, url } = await start({ interceptor }));
  });
  afterAll(() => app.close());

  it('has a subsegment for each resolver, and none for fields that are only read', async () => {
    const { data, segment } = await ask(
      url,
      '{ a: book(id: 1) { title author } b: book(id: 2) { id } }',
    );
    expect(data).toEqual({ a: { title: 'Book 1', author: 'author of Book 1' }, b: { id: 2 } });
    expect(segment).toMatchObject({
      name: 'library',
      http: { request: { method: 'POST', url }, response: { status: 200 } },
    });
    expect(
      segment.subsegments!.map(({ name, subsegments }) => [name, subsegments![0]!.name]),
    ).toEqual([
      ['BookResolver.book', 'Library.find'],
      ['BookResolver.book', 'Library.find'],
      ['BookResolver.author', 'Library.find'],
    ]);
  });

  it('has one for a mutation', async () => {
    const { segment } = await ask(url, 'mutation { lend(id: 3) }');
    expect(segment.subsegments).toMatchObject([{ name: 'BookResolver.lend' }]);
  });

  it('tells on the resolver what it threw, though the answer is 200', async () => {
    const { errors, segment } = await ask(url, '{ book(id: 0) { title } }');
    expect(errors).toMatchObject([{ message: 'no book 0' }]);
    expect(segment).toMatchObject({
      subsegments: [
        {
          name: 'BookResolver.book',
          error: true,
          subsegments: [
            {
              error: true,
              cause: { exceptions: [{ type: 'NotFoundException', message: 'no book 0' }] },
            },
          ],
        },
      ],
    });
  });
});

describe('graphql.trivialFields', () => {
  it('has a subsegment for every field too', async () => {
    const { app, url } = await start({ graphql: { trivialFields: true } });
    try {
      const { data, segment } = await ask(url, '{ book(id: 1) { id title author } }');
      expect(data).toEqual({ book: { id: 1, title: 'Book 1', author: 'author of Book 1' } });
      expect(segment.subsegments!.map(({ name }) => name)).toEqual([
        'BookResolver.book',
        'Book.id',
        'Book.title',
        'BookResolver.author',
      ]);
    } finally {
      await app.close();
    }
  });
});
