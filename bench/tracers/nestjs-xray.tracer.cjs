'use strict';

/** Ours, as it is packed for npm. */
function start({ toolkit, sampled, interceptor = true, capture, sdk = false, exporting, udpPort }) {
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
