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
        allowBatchedHttpRequests: true,
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
  const { data, errors, segment } = await post(url, JSON.stringify({ query }));
  return { data, errors, segment };
}

async function post(url: string, body: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { data, errors } = (await response.json()) as { data: any; errors?: any[] };
  while (xray.documents.length < 1) await new Promise((turn) => setImmediate(turn));
  expect(xray.documents).toHaveLength(1);
  return { data, errors, status: response.status, segment: xray.documents[0]! };
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

  it('has a subsegment for a mutation', async () => {
    const { segment } = await ask(url, 'mutation { lend(id: 3) }');
    expect(segment.subsegments).toMatchObject([{ name: 'BookResolver.lend' }]);
  });

  it('records on the resolver what it threw, although the response has status 200', async () => {
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

describe.each([
  ['with the interceptor', true],
  ['without the interceptor', false],
])('a GraphQL request %s', (_mode, interceptor) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    ({ app, url } = await start({ interceptor }));
  });
  afterAll(() => app.close());

  const reasonOf = (node: { cause?: unknown }) =>
    (node.cause as { exceptions: { message: string }[] }).exceptions.map(({ message }) => message);

  it.each([
    ['query GetBook { book(id: 1) { title } }', 'query GetBook'],
    ['mutation Lend { lend(id: 1) }', 'mutation Lend'],
    ['{ book(id: 1) { title } }', 'query'],
  ])('is named by its operation: %s', async (query, name) => {
    const { segment } = await ask(url, query);
    expect(segment.annotations).toMatchObject({ graphql_operation: name });
  });

  it('is named after the requested operation if there are several', async () => {
    const query = 'query One { book(id: 1) { id } } query Two { book(id: 2) { id } }';
    const { segment } = await post(url, JSON.stringify({ query, operationName: 'Two' }));
    expect(segment.annotations).toMatchObject({ graphql_operation: 'query Two' });
  });

  it.each([
    [
      'a field that does not exist',
      { query: 'query GetBook { book(id: 1) { pages } }' },
      'query GetBook',
      'Cannot query field "pages" on type "Book".',
    ],
    [
      'a syntax error',
      { query: 'query GetBook { book(id: 1) { title }' },
      undefined,
      'Syntax Error: Expected Name, found <EOF>.',
    ],
    [
      'an argument of the wrong type',
      { query: 'query GetBook { book(id: "one") { title } }' },
      'query GetBook',
      'Int cannot represent non-integer value: "one"',
    ],
    [
      'a variable that is missing',
      { query: 'query GetBook($id: Int!) { book(id: $id) { title } }' },
      'query GetBook',
      'Variable "$id" of required type "Int!" was not provided.',
    ],
    [
      'an operation that is not there',
      { query: 'query GetBook { book(id: 1) { title } }', operationName: 'Other' },
      undefined,
      'Unknown operation named "Other".',
    ],
  ])('has the reason for %s', async (_what, body, name, reason) => {
    const { segment, errors, status } = await post(url, JSON.stringify(body));
    expect(errors).toMatchObject([{ message: reason }]);
    expect(reasonOf(segment)).toEqual([reason]);
    expect(segment.annotations?.graphql_operation).toBe(name);
    expect(segment.http!.response!.status).toBe(status);
    expect(segment.fault).toBeUndefined();
    expect(segment.error).toBe(status >= 400 ? true : undefined);
  });

  it('has the reason for a body without a query', async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(400);
    while (xray.documents.length < 1) await new Promise((turn) => setImmediate(turn));
    expect(reasonOf(xray.documents[0]!).join()).toMatch(/^POST body missing/);
  });

  it('has a subsegment for each operation of a batch', async () => {
    const { segment } = await post(
      url,
      JSON.stringify([
        { query: 'query GetBook { book(id: 1) { title author } }' },
        { query: 'mutation Lend { lend(id: 2) }' },
        { query: 'query Missing { book(id: 0) { title } }' },
        { query: 'query Wrong { shelf { title } }' },
      ]),
    );
    const told = segment.subsegments!.map(({ name, error, fault, annotations, subsegments }) => ({
      name,
      flags: { error, fault },
      operation: annotations?.graphql_operation,
      resolvers: subsegments?.map((each) => each.name),
    }));
    const fine = { error: undefined, fault: undefined };
    const wrong = { error: true, fault: undefined };
    expect(told).toEqual(
      [
        ['query GetBook', fine, ['BookResolver.book', 'BookResolver.author']],
        ['mutation Lend', fine, ['BookResolver.lend']],
        ['query Missing', wrong, ['BookResolver.book']],
        ['query Wrong', wrong, undefined],
      ].map(([name, flags, resolvers]) => ({ name, flags, operation: name, resolvers })),
    );
    expect(reasonOf(segment.subsegments![3]!)).toEqual([
      'Cannot query field "shelf" on type "Query".',
    ]);
    expect(segment.annotations?.graphql_operation).toBeUndefined();
  });
});

describe('graphql.trivialFields', () => {
  it('records a subsegment for every field', async () => {
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
