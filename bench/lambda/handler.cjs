'use strict';
// The application of the request bench, bundled for Lambda: loaded, started, and called once.
// The bundler replaces TRACED, so that the untraced bundle contains nothing of the toolkit.
require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const { activitiesModule } = require('../request/activities.cjs');

exports.handler = async () => {
  const tracer = TRACED ? toolkit() : { traced: () => undefined };
  const app = await NestFactory.create(activitiesModule(tracer), { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  const response = await fetch(`http://127.0.0.1:${port}/api/activities/@andrewbrown`);
  return { status: response.status, body: await response.text() };
};

// A literal name, unlike in the tracers of the request bench, because bundlers do not resolve variables.
function toolkit() {
  const { Subsegment, XrayModule } = require('nestjs-xray');
  return {
    imports: [XrayModule.forRoot({ serviceName: 'bench' })],
    traced: (name) => Subsegment(name),
  };
}
