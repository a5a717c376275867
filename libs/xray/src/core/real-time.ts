import { performance as clock } from 'node:perf_hooks';
import * as timers from 'node:timers';

/*
 * The clock and the timers of Node as they were when this package was loaded. A test that fakes the
 * global ones stops or turns back its own time, and neither the times of a segment nor the sending of
 * traces: app.close() would wait for ever.
 *
 * They are taken from Node's modules, which Jest leaves alone, so that they are real there whenever
 * the fakes were installed. Sinon changes the modules too, and so must come after this package.
 */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = timers;

const read = clock.now.bind(clock);

/** Milliseconds that never run backwards. */
export const performance = { now: (): number => read() };
