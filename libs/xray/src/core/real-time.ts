import { performance as clock } from 'node:perf_hooks';
import * as timers from 'node:timers';

/*
 * Node's clock and timers as they were when this package was loaded. Fake timers in a test must not
 * stop the clock of segments or the sending of traces: app.close() would wait for ever.
 *
 * They come from Node's modules, which Jest's fake timers do not change, so the order does not
 * matter there. Sinon changes the modules too and must be installed after this package is loaded.
 */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = timers;

const read = clock.now.bind(clock);

/** Milliseconds that never run backwards. */
export const performance = { now: (): number => read() };
