'use strict';
require('reflect-metadata');
const { Controller, Get, Module, Param } = require('@nestjs/common');
const { INNERMOST } = require('./activities.cjs');
const { decorate, decorateParameter } = require('../lib/decorate.cjs');

/**
 * The same route as the other application's, with five reads of Redis one after another in place of
 * five traced calls. Nothing in it is decorated: what is recorded comes from instrumentation alone.
 */
function cartsModule({ imports = [] }) {
  const { Redis } = require('ioredis');
  const redis = new Redis({ port: Number(process.env.REDIS_PORT), enableReadyCheck: false });

  class CartsController {
    async show(handle) {
      const read = [];
      for (const key of ['user', 'cart', 'price', 'stock', INNERMOST]) {
        read.push(await redis.get(key));
      }
      return { handle, read };
    }
  }
  decorate(Get('@:handle'), CartsController, 'show');
  decorateParameter(Param('handle'), CartsController, 'show', 0);
  Controller('api/activities')(CartsController);

  class AppModule {}
  Module({ imports, controllers: [CartsController] })(AppModule);
  return AppModule;
}

module.exports = { cartsModule };
