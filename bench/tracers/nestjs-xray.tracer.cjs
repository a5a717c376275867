'use strict';
const { instrumentationsOf } = require('./instrumentations.cjs');

/** nestjs-xray as packed for npm. With `instrumentations`, libraries of OpenTelemetry record into its traces. */
function start(options) {
  const { toolkit, sampled, interceptor = true, capture, exporting, udpPort } = options;
  const { sdk = false, instrumentations } = options;
  if (instrumentations !== undefined) {
    require(`${toolkit}/opentelemetry`);
    const { registerInstrumentations } = require('@opentelemetry/instrumentation');
    registerInstrumentations({ instrumentations: instrumentationsOf(instrumentations) });
  }
  if (sdk) {
    require(`${toolkit}/aws-sdk`);
    require('aws-xray-sdk-core');
  }
  const { Subsegment, XrayModule } = require(toolkit);
  const nowhere = { emit() {}, flush: async () => {}, close: async () => {} };
  return {
    imports: [
      XrayModule.forRoot({
        serviceName: 'bench',
        sampling: sampled ? 1 : 0,
        interceptor,
        ...(capture === undefined ? {} : { capture }),
        ...(exporting ? { daemonAddress: `127.0.0.1:${udpPort}` } : { emitter: nowhere }),
      }),
    ],
    traced: (name) => Subsegment(name),
  };
}

module.exports = { start };
