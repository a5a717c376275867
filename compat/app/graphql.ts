import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Facts, Running } from './exercise';

@Resolver('Book')
class BookResolver {
  @Query('book')
  book(): object {
    return { title: 'Notes' };
  }

  @ResolveField('author')
  author(): string {
    return 'Ada';
  }
}

@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      playground: false,
      typeDefs: 'type Book { title: String author: String } type Query { book: Book }',
    }),
  ],
  providers: [BookResolver],
})
export class BooksModule {}

export async function graphqlFacts({ url, record }: Running): Promise<Facts> {
  const [document] = await record(1, async () => {
    const body = JSON.stringify({ query: '{ book { title author } }' });
    const headers = { 'content-type': 'application/json' };
    await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).text();
  });
  return { graphql: document!.subsegments?.map(({ name }) => name) };
}
