const { PrismaInstrumentation } = require('@prisma/instrumentation');

exports.prisma = {
  turnOn: ['PrismaInstrumentation', '@prisma/instrumentation'],
  instrumentation: () => new PrismaInstrumentation(),
  async open({ postgresql }) {
    const { PrismaPg } = require('@prisma/adapter-pg');
    const { PrismaClient } = require('./prisma/client.cjs');
    const connectionString = `postgresql://postgres@127.0.0.1:${postgresql}/postgres`;
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 3 }) });
    await prisma.$executeRawUnsafe(
      'CREATE TABLE prisma_tags (id SERIAL PRIMARY KEY, text TEXT NOT NULL)',
    );
    return {
      async run(tag) {
        const { id } = await prisma.tag.create({ data: { text: tag } });
        return (await prisma.tag.findUnique({ where: { id } })).text;
      },
      close: () => prisma.$disconnect(),
    };
  },
  expects: [
    operation(
      'INSERT INTO "public"."prisma_tags" ("text") VALUES ($1) ' +
        'RETURNING "public"."prisma_tags"."id", "public"."prisma_tags"."text"',
    ),
    operation(
      'SELECT "public"."prisma_tags"."id", "public"."prisma_tags"."text" FROM "public"."prisma_tags" ' +
        'WHERE ("public"."prisma_tags"."id" = $1 AND ?=?) LIMIT $2 OFFSET $3',
    ),
  ],
  shows:
    '`prisma:client:operation (prisma:client:serialize, prisma:client:db_query (postgres@127.0.0.1 [remote] INSERT …))`',
};

/** Prisma's own spans are layers: the query is recorded once, as the driver's. */
function operation(statement) {
  const query = `postgres@127.0.0.1 [remote] ${statement}`;
  return `prisma:client:operation (prisma:client:serialize, prisma:client:db_query (${query}))`;
}
