'use strict';

const KNOWN = {
  express: () => new (require('@opentelemetry/instrumentation-express').ExpressInstrumentation)(),
  http: () => new (require('@opentelemetry/instrumentation-http').HttpInstrumentation)(),
  ioredis: () => new (require('@opentelemetry/instrumentation-ioredis').IORedisInstrumentation)(),
};

/** Instrumentation libraries of OpenTelemetry, with their defaults. */
const instrumentationsOf = (names) => names.map((name) => KNOWN[name]());

module.exports = { instrumentationsOf };
