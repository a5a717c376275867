'use strict';
const { variantOf } = require('./variants.cjs');

/**
 * @typedef {object} Tracer
 * @property {unknown[]} [imports] modules of the application
 * @property {unknown[]} [providers] providers of the application
 * @property {(name: string) => MethodDecorator | undefined} traced decorates a method
 * @property {(app: import('@nestjs/common').INestApplication) => void} [use] before it listens
 * @property {() => Promise<void>} [flush] resolves when everything recorded has been sent
 */

/**
 * Starts the tracer of a variant; must run before Nest is loaded.
 *
 * @param {{ exporting: boolean }} settings whether it sends to the sink (SINK_UDP, SINK_HTTP) or nowhere
 * @returns {Tracer}
 */
function startTracer(variant, { exporting }) {
  const { tracer, options } = variantOf(variant);
  return require(`./${tracer}.tracer.cjs`).start({
    sampled: true,
    toolkit: 'nestjs-xray',
    ...options,
    exporting,
    udpPort: Number(process.env.SINK_UDP ?? 9),
    httpPort: Number(process.env.SINK_HTTP ?? 9),
  });
}

module.exports = { startTracer };
