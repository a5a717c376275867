'use strict';
require('reflect-metadata');
const { Controller, Get, Inject, Module, Param } = require('@nestjs/common');
const { decorate, decorateParameter } = require('../lib/decorate.cjs');

/** The name of the innermost traced call, which the sink searches for in everything it receives. */
const INNERMOST = 'ActivitiesService.rank';

/**
 * The application that runs under every tracer: one route, a controller, and a service with five
 * traced calls, each inside the previous one.
 *
 * @param {import('../tracers').Tracer} tracer
 */
function activitiesModule({ imports = [], providers = [], traced }) {
  class ActivitiesService {
    async list(handle) {
      const user = await this.user(handle);
      return { user: user.handle, activities: user.activities };
    }

    async user(handle) {
      return { handle, activities: await this.feed(handle) };
    }

    async feed(handle) {
      const rows = await this.rows(handle);
      return rows.filter((row) => row.likes >= 0);
    }

    async rows(handle) {
      return [
        { handle, message: 'Cloud is fun!', likes: await this.rank(1) },
        { handle, message: 'Traces are more fun!', likes: 4 },
      ];
    }

    async rank(likes) {
      await null;
      return likes * 2;
    }
  }
  for (const method of ['list', 'user', 'feed', 'rows', 'rank']) {
    decorate(traced(`ActivitiesService.${method}`), ActivitiesService, method);
  }

  class ActivitiesController {
    constructor(activities) {
      this.activities = activities;
    }

    show(handle) {
      return this.activities.list(handle);
    }
  }
  Inject(ActivitiesService)(ActivitiesController, undefined, 0);
  decorate(Get('@:handle'), ActivitiesController, 'show');
  decorateParameter(Param('handle'), ActivitiesController, 'show', 0);
  Controller('api/activities')(ActivitiesController);

  class AppModule {}
  Module({
    imports,
    providers: [ActivitiesService, ...providers],
    controllers: [ActivitiesController],
  })(AppModule);
  return AppModule;
}

module.exports = { activitiesModule, INNERMOST };
