'use strict';

/** @narando/nest-xray, made for Nest 8 and 9. It has no decorator, so one is written here as in its README. */
function start({ exporting, udpPort }) {
  process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${udpPort}`;
  const AWSXRay = require('aws-xray-sdk-core');
  AWSXRay.middleware.disableCentralizedSampling();
  if (!exporting) require('aws-xray-sdk-core/dist/lib/segment_emitter').send = () => {};
  const { TracingModule, TracingService } = require('@narando/nest-xray');
  let tracing;
  return {
    imports: [
      TracingModule.forRoot({
        serviceName: 'bench',
        rate: 1,
        daemonAddress: `127.0.0.1:${udpPort}`,
        plugins: [],
      }),
    ],
    traced: (name) => (_target, _key, descriptor) => {
      const method = descriptor.value;
      descriptor.value = async function (...args) {
        const subsegment = tracing.createSubSegment(name);
        try {
          const result = await method.apply(this, args);
          subsegment.close();
          return result;
        } catch (thrown) {
          subsegment.close(thrown);
          throw thrown;
        }
      };
    },
    use(app) {
      tracing = app.get(TracingService, { strict: false });
    },
  };
}

module.exports = { start };
