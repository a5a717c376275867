const { MySQL2Instrumentation } = require('@opentelemetry/instrumentation-mysql2');

const mysqlOn = ['MySQL2Instrumentation', '@opentelemetry/instrumentation-mysql2'];

exports.mysql2 = {
  turnOn: mysqlOn,
  instrumentation: () => new MySQL2Instrumentation(),
  async open({ mariadb }) {
    const mysql = require('mysql2/promise');
    // Three connections for fifty requests: whoever waits must go on in its own trace.
    const pool = mysql.createPool({ ...mariaOptions(mariadb), connectionLimit: 3 });
    return {
      async run(tag) {
        const [rows] = await pool.query('SELECT ? AS tag', [tag]);
        return rows[0].tag;
      },
      close: () => pool.end(),
    };
  },
  expects: ['mysql@127.0.0.1 [remote] SELECT ? AS tag'],
};

exports.sequelize = {
  turnOn: mysqlOn,
  async open({ mariadb }) {
    const { Sequelize, QueryTypes } = require('sequelize');
    const sequelize = new Sequelize({
      dialect: 'mysql',
      ...{ host: '127.0.0.1', port: mariadb, username: 'root', database: 'mysql' },
      logging: false,
      pool: { max: 3 },
    });
    return {
      async run(tag) {
        const options = { replacements: [tag], type: QueryTypes.SELECT };
        const [row] = await sequelize.query('SELECT ? AS tag', options);
        return row.tag;
      },
      close: () => sequelize.close(),
    };
  },
  expects: ['mysql@127.0.0.1 [remote] SELECT ? AS tag'],
};

exports.knex = {
  turnOn: mysqlOn,
  async open({ mariadb }) {
    const knex = require('knex')({
      client: 'mysql2',
      connection: { ...mariaOptions(mariadb), database: 'mysql' },
      pool: { min: 0, max: 3 },
    });
    return {
      async run(tag) {
        const [rows] = await knex.raw('SELECT ? AS tag', [tag]);
        return rows[0].tag;
      },
      close: () => knex.destroy(),
    };
  },
  expects: ['mysql@127.0.0.1 [remote] SELECT ? AS tag'],
};

exports.typeorm = {
  turnOn: [],
  async open({ postgresql }) {
    const { DataSource } = require('typeorm');
    const source = new DataSource({
      type: 'postgres',
      ...{ host: '127.0.0.1', port: postgresql, username: 'postgres', database: 'postgres' },
      extra: { max: 3 },
    });
    await source.initialize();
    return {
      async run(tag) {
        const [row] = await source.query('SELECT $1::text AS tag', [tag]);
        return row.tag;
      },
      close: () => source.destroy(),
    };
  },
  expects: ['postgres@127.0.0.1 [remote] SELECT $1::text AS tag'],
};

exports['drizzle-orm'] = {
  turnOn: [],
  async open({ postgresql }) {
    const { Pool } = require('pg');
    const { drizzle } = require('drizzle-orm/node-postgres');
    const { sql } = require('drizzle-orm');
    const pool = new Pool({
      ...{ host: '127.0.0.1', port: postgresql, user: 'postgres', database: 'postgres' },
      max: 3,
    });
    const db = drizzle(pool);
    return {
      async run(tag) {
        const { rows } = await db.execute(sql`SELECT ${tag}::text AS tag`);
        return rows[0].tag;
      },
      close: () => pool.end(),
    };
  },
  expects: ['postgres@127.0.0.1 [remote] SELECT $1::text AS tag'],
};

exports['mikro-orm'] = {
  turnOn: [],
  async open({ postgresql }) {
    const { EntitySchema, MikroORM } = require('@mikro-orm/postgresql');
    const Tag = new EntitySchema({
      name: 'Tag',
      properties: { id: { type: 'number', primary: true } },
    });
    const orm = await MikroORM.init({
      ...{ host: '127.0.0.1', port: postgresql, user: 'postgres', dbName: 'postgres' },
      entities: [Tag],
      pool: { max: 3 },
    });
    return {
      async run(tag) {
        const [row] = await orm.em.fork().getConnection().execute('SELECT ?::text AS tag', [tag]);
        return row.tag;
      },
      close: () => orm.close(),
    };
  },
  expects: ['postgres@127.0.0.1 [remote] SELECT ?::text AS tag'],
};

function mariaOptions(port) {
  return { host: '127.0.0.1', port, user: 'root' };
}
