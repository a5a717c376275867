'use strict';
// Measures loading and starting one tracer in a process that has already loaded Nest.
require('reflect-metadata');
require('@nestjs/common');
require('@nestjs/core');
require('@nestjs/platform-express');
const { startTracer } = require('../tracers/start.cjs');

const [variant] = process.argv.slice(2);
const loadedBefore = new Set(loadedPackages());
const heapBefore = heapUsed();
const cpuBefore = process.cpuUsage();

startTracer(variant, { exporting: false });

const { user, system } = process.cpuUsage(cpuBefore);
process.send({
  answer: {
    cpuMs: (user + system) / 1000,
    heapMb: (heapUsed() - heapBefore) / 2 ** 20,
    packages: loadedPackages().filter((name) => !loadedBefore.has(name)),
  },
});

/** Bytes in use after a full collection. */
function heapUsed() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** The packages from which `require()` has loaded something. */
function loadedPackages() {
  const names = Object.keys(require.cache).map(
    (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1],
  );
  return [...new Set(names.filter(Boolean))].sort();
}
