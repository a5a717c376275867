'use strict';
// The application of the request bench as a Lambda function bundles it: loaded, started, and asked once.
// TRACED is put in by the bundler, so that the untraced bundle holds nothing of the toolkit.
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

// Named in full, unlike in the tracers of the request bench: a bundler follows no variables.
function toolkit() {
  const { Subsegment, XrayModule } = require('nestjs-xray');
  return {
    imports: [XrayModule.forRoot({ serviceName: 'bench' })],
    traced: (name) => Subsegment(name),
  };
}
