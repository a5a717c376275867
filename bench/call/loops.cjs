'use strict';
const { of } = require('rxjs');
const { decorate } = require('../lib/decorate.cjs');

/** Methods that do almost nothing, so that the time measured is that of the decorator. */
function subjectOf(traced) {
  class Subject {
    async async(value) {
      return value + 1;
    }

    sync(value) {
      return value + 1;
    }

    observable(value) {
      return of(value + 1);
    }
  }
  for (const kind of ['async', 'sync', 'observable']) {
    decorate(traced(`Subject.${kind}`), Subject, kind);
  }
  return new Subject();
}

/** Each makes `calls` calls, one after another, in the active trace. */
const loops = {
  async async(subject, calls) {
    let value = 0;
    for (let i = 0; i < calls; i++) value = await subject.async(value);
    return value;
  },
  async sync(subject, calls) {
    let value = 0;
    for (let i = 0; i < calls; i++) value = subject.sync(value);
    return value;
  },
  async observable(subject, calls) {
    let value = 0;
    const next = (seen) => (value = seen);
    for (let i = 0; i < calls; i++) subject.observable(value).subscribe(next);
    return value;
  },
};

/**
 * Nanoseconds of CPU and, when nothing is collected meanwhile, bytes that one call of `kind` takes.
 * CPU time rather than elapsed time, because other processes on the machine affect the latter.
 */
async function measure(subject, { kind, calls }) {
  const { heapUsed } = process.memoryUsage();
  const before = process.cpuUsage();
  await loops[kind](subject, calls);
  const { user, system } = process.cpuUsage(before);
  const bytes = (process.memoryUsage().heapUsed - heapUsed) / calls;
  return { nanos: ((user + system) * 1000) / calls, bytes };
}

module.exports = { subjectOf, measure };
