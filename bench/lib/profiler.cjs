'use strict';
const { Session } = require('node:inspector');

/** V8's sampling profiler on this process, through the inspector. It writes a file only on request. */
function profiler() {
  const session = new Session();
  session.connect();
  const post = (method, params) =>
    new Promise((resolve, reject) =>
      session.post(method, params, (problem, result) =>
        problem ? reject(problem) : resolve(result),
      ),
    );
  return {
    async start() {
      await post('Profiler.enable');
      await post('Profiler.setSamplingInterval', { interval: 100 });
      await post('Profiler.start');
    },
    stop: async () => (await post('Profiler.stop')).profile,
  };
}

module.exports = { profiler };
