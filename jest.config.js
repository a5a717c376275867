const { readFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');

const swc = JSON.parse(readFileSync(`${__dirname}/.swcrc`, 'utf8'));
delete swc.exclude; // the build excludes specs; Jest needs them
delete swc.jsc.paths; // moduleNameMapper does this job under Jest
delete swc.jsc.baseUrl;

// Tests run in parallel with each other and with other programs, so none may use OpenTelemetry's ports.
process.env.XRAY_LOCAL_OTLP_HTTP = process.env.XRAY_LOCAL_OTLP_GRPC = 'off';

/** Packages that contain only ES modules. Jest loads CommonJS, so they are transformed. */
const esm = [
  '@nestjs',
  // Dependencies of Nest 12.
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'fast-check',
  'pure-rand',
  'chevrotain',
];

/** Packages with import() in their CommonJS, which Jest can run only if it is transformed. */
const dynamic = ['@electric-sql/pglite'];

/** @type {import('jest').Config} */
module.exports = {
  rootDir: '.',
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json'],
  testRegex: '\\.(spec|e2e-spec)\\.tsx?$',
  transform: { '^.+\\.(ts|tsx|js|mjs|cjs)$': ['@swc/jest', { ...swc, swcrc: false }] },
  transformIgnorePatterns: [`/node_modules/(?!(${[...esm, ...dynamic].join('|')})/)`],
  moduleNameMapper: {
    '^@nestjs-xray/document/exact-json$': '<rootDir>/libs/document/src/exact-json.ts',
    '^@nestjs-xray/document$': '<rootDir>/libs/document/src/index.ts',
    '^local-xray$': '<rootDir>/libs/local-xray/src/index.ts',
    '^local-xray/console-api$': '<rootDir>/libs/local-xray/src/console-api.ts',
    '^@nestjs-xray/trace$': '<rootDir>/libs/trace/src/index.ts',
    // Its packages have no entry point for require(). This file bundles all of them.
    '^chevrotain$': '<rootDir>/node_modules/chevrotain/lib/chevrotain.mjs',
    '^nestjs-xray$': '<rootDir>/libs/xray/src/index.ts',
    '^nestjs-xray/testing$': '<rootDir>/libs/xray/src/testing/index.ts',
    '^nestjs-xray/opentelemetry$': '<rootDir>/libs/xray/src/opentelemetry/index.ts',
    '^nestjs-xray/aws-sdk$': '<rootDir>/libs/xray/src/interop/aws-sdk.ts',
  },
  modulePathIgnorePatterns: [
    '<rootDir>/dist',
    '<rootDir>/libs/xray/dist',
    '<rootDir>/libs/local-xray/dist',
    '<rootDir>/bench',
  ],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  globalSetup: '<rootDir>/test/support/thread-programs.mjs',
  testTimeout: 30_000,
  setupFilesAfterEnv: process.env.CI ? ['<rootDir>/test/retry-once.cjs'] : [],
  testSequencer: '<rootDir>/test/longest-first.cjs',
  // A suite waits about half of its time: for a browser, a server, a database. One more than there are
  // cores keeps all of them busy.
  maxWorkers: availableParallelism() + 1,
};
