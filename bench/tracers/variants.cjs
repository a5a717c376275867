'use strict';

/**
 * The variants to compare. `tracer` is a file in this folder, and `options` are passed to it. `redis` uses the
 * application that reads from Redis. `ours` marks nestjs-xray. `baseline` is the variant that the figure is compared
 * with, by default `untraced`.
 */
const variants = {
  untraced: { title: 'untraced', tracer: 'untraced' },
  interceptor: {
    title: 'untraced, with one empty interceptor',
    tracer: 'untraced',
    options: { interceptor: true },
    reference: true,
  },
  floor: { title: 'floor: plain objects by hand', tracer: 'floor', reference: true },
  lean: {
    title: 'nestjs-xray, lean (`interceptor: false`)',
    tracer: 'nestjs-xray',
    options: { interceptor: false },
    ours: true,
  },
  default: { title: 'nestjs-xray, default', tracer: 'nestjs-xray', options: {}, ours: true },
  sdk: {
    title: 'nestjs-xray, default, with `nestjs-xray/aws-sdk`',
    tracer: 'nestjs-xray',
    options: { sdk: true },
    ours: true,
  },
  'lean-unsampled': {
    title: 'nestjs-xray, lean, unsampled',
    tracer: 'nestjs-xray',
    options: { interceptor: false, sampled: false },
    ours: true,
  },
  'default-unsampled': {
    title: 'nestjs-xray, default, unsampled',
    tracer: 'nestjs-xray',
    options: { sampled: false },
    ours: true,
  },
  'lean-unsampled-alone': {
    title: 'nestjs-xray, lean, unsampled, no outgoing capture',
    tracer: 'nestjs-xray',
    options: { interceptor: false, sampled: false, capture: false },
    ours: true,
  },
  'default-unsampled-alone': {
    title: 'nestjs-xray, default, unsampled, no outgoing capture',
    tracer: 'nestjs-xray',
    options: { sampled: false, capture: false },
    ours: true,
  },
  'untraced-fastify': {
    title: 'untraced, on Fastify',
    tracer: 'untraced',
    fastify: true,
    reference: true,
  },
  'default-fastify': {
    title: 'nestjs-xray, default, on Fastify, over untraced on Fastify',
    tracer: 'nestjs-xray',
    options: {},
    fastify: true,
    baseline: 'untraced-fastify',
    ours: true,
  },
  'untraced-redis': {
    title: 'untraced, with five reads of Redis',
    tracer: 'untraced',
    redis: true,
    reference: true,
  },
  bridge: {
    title: 'nestjs-xray with `nestjs-xray/opentelemetry` and instrumentation-ioredis',
    tracer: 'nestjs-xray',
    options: { instrumentations: ['ioredis'] },
    redis: true,
    baseline: 'untraced-redis',
    ours: true,
  },
  'bridge-http': {
    title: 'the same with instrumentation-http, which it ignores',
    tracer: 'nestjs-xray',
    options: { instrumentations: ['http', 'ioredis'] },
    redis: true,
    baseline: 'untraced-redis',
    ours: true,
  },
  'opentelemetry-redis': {
    title: "OpenTelemetry's SDK with instrumentation-http and -ioredis",
    tracer: 'opentelemetry',
    options: { instrumentations: ['http', 'ioredis'] },
    redis: true,
    baseline: 'untraced-redis',
  },
  'dd-trace': { title: 'dd-trace', tracer: 'dd-trace' },
  opentelemetry: { title: 'OpenTelemetry with nestjs-otel', tracer: 'opentelemetry' },
  'opentelemetry-unsampled': {
    title: 'OpenTelemetry with nestjs-otel, unsampled',
    tracer: 'opentelemetry',
    options: { sampled: false },
  },
  narando: { title: '@narando/nest-xray', tracer: 'narando' },
  'aws-sdk': { title: 'aws-xray-sdk-core with aws-xray-sdk-express', tracer: 'aws-sdk' },
  'aws-sdk-unsampled': {
    title: 'aws-xray-sdk-core with aws-xray-sdk-express, unsampled',
    tracer: 'aws-sdk',
    options: { sampled: false },
  },
};

/** Finds a variant. `lean@before` is `lean` with the build installed as `nestjs-xray-before`. */
function variantOf(name) {
  const [known, build] = name.split('@');
  const variant = variants[known];
  if (!variant) {
    throw new Error(
      `There is no variant "${known}". Choose from ${Object.keys(variants).join(', ')}.`,
    );
  }
  if (build === undefined) return variant;
  return {
    ...variant,
    title: `${variant.title}, build ${build}`,
    options: { ...variant.options, toolkit: `nestjs-xray-${build}` },
  };
}

module.exports = { variants, variantOf };
