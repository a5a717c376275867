'use strict';
require('reflect-metadata');
const { Controller, Get, Module, Param } = require('@nestjs/common');
const { INNERMOST } = require('./activities.cjs');
const { decorate, decorateParameter } = require('../lib/decorate.cjs');

/**
 * The same route as in the other application, with five reads from Redis one after another instead of
 * five traced calls. Nothing is decorated: what is recorded comes from instrumentation only.
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
