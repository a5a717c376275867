'use strict';

/** How often dd-trace sends, in ms, because it has no flush(). */
const FLUSH_INTERVAL_MS = 2000;

/** Datadog's tracer with its HTTP and Express plugins, and a decorator around `tracer.wrap`. */
function start({ exporting, httpPort }) {
  process.env.DD_INSTRUMENTATION_TELEMETRY_ENABLED = 'false';
  process.env.DD_REMOTE_CONFIGURATION_ENABLED = 'false';
  const tracer = require('dd-trace').init({
    service: 'bench',
    url: `http://127.0.0.1:${httpPort}`,
    sampleRate: 1,
    startupLogs: false,
    runtimeMetrics: false,
    flushInterval: FLUSH_INTERVAL_MS,
  });
  if (!exporting) tracer._tracer._exporter.export = () => {};
  return {
    traced: (name) => (_target, _key, descriptor) => {
      descriptor.value = tracer.wrap('method', { resource: name }, descriptor.value);
    },
    flush: () => new Promise((resolve) => setTimeout(resolve, FLUSH_INTERVAL_MS + 200)),
  };
}

module.exports = { start };
