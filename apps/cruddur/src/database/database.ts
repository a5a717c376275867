import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Kysely, Migrator, PostgresDialect, sql, type Migration } from 'kysely';
import { types } from 'node:util';
import { DatabaseUnavailableError, isDatabaseUnavailable, MigrationError } from './database.errors';
import type { OpenPool } from './pool';

/** The configuration of a {@link Database}. */
export interface DatabaseOptions {
  /** Called once, when the module starts. */
  open: () => Promise<OpenPool>;
  migrations: Record<string, Migration>;
  /** The PostgreSQL schema that the migrations and their bookkeeping go to. */
  schema: string;
}

const RETRY_AFTER_MS = 500;

/**
 * A migrated database.
 *
 * When the server is away at the start the application starts all the same, says so, and tries again
 * in the background until the migrations are in; until then {@link ready} throws.
 * When it goes away later, queries fail by themselves and the pool reconnects with the next one.
 */
export class Database<Schema> implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Database');
  private opened: OpenPool | undefined;
  private kysely: Kysely<Schema> | undefined;
  private migrated = false;
  private trouble = 'it was not asked yet';
  private retry: NodeJS.Timeout | undefined;
  private attempt: Promise<void> = Promise.resolve();

  constructor(private readonly options: DatabaseOptions) {}

  /** The query builder. @throws DatabaseUnavailableError while the database was never reached */
  get ready(): Kysely<Schema> {
    if (this.migrated && this.kysely !== undefined) return this.kysely;
    throw new DatabaseUnavailableError(`${this.description} cannot be reached: ${this.trouble}`);
  }

  /** Checks that the database responds. @throws when it does not */
  async ping(): Promise<void> {
    await sql`select 1`.execute(this.ready);
  }

  /** For log lines and errors. */
  get description(): string {
    return this.opened?.description ?? 'the database';
  }

  async onModuleInit(): Promise<void> {
    const { open, schema } = this.options;
    this.opened = await open();
    const dialect = new PostgresDialect({ pool: this.opened.pool });
    const kysely = new Kysely<Schema>({ dialect });
    // Omit the default schema: this keeps the traced queries short.
    this.kysely = schema === 'public' ? kysely : kysely.withSchema(schema);
    await this.migrate(this.kysely, true);
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.retry);
    await this.attempt;
    clearTimeout(this.retry);
    await this.opened?.close();
  }

  private async migrate(kysely: Kysely<Schema>, atStart: boolean): Promise<void> {
    const { migrations, schema } = this.options;
    const migrator = new Migrator({
      db: kysely,
      provider: { getMigrations: () => Promise.resolve(migrations) },
      migrationTableSchema: schema,
    });
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) {
      if (!atStart) this.logger.log(`Reached ${this.description}.`);
      this.migrated = true;
      return;
    }
    const { message } = rootOf(error);
    if (atStart && !isDatabaseUnavailable(rootOf(error))) {
      throw new MigrationError(
        `Cannot bring ${this.description} up to date: ${message}. Nothing was changed; correct the cause and start again.`,
        { cause: error },
      );
    }
    this.explain(message);
    this.retry = setTimeout(() => {
      this.attempt = this.migrate(kysely, false);
    }, RETRY_AFTER_MS);
    this.retry.unref();
  }

  /** Logs once per cause, not once per attempt. */
  private explain(trouble: string): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.logger.warn(
      `Cannot reach ${this.description}: ${trouble}. Until it is available, requests are answered with 503. ` +
        'Start the server, or unset DATABASE_URL to use the embedded database.',
    );
  }
}

/** A refused connection comes as an AggregateError without a message, one error for each address of the host. */
function rootOf(error: unknown): Error {
  const first = (error as Partial<AggregateError>).errors?.[0] as unknown;
  if (types.isNativeError(first)) return first;
  return types.isNativeError(error) ? error : new Error(String(error));
}
