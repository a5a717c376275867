'use strict';

/** AWS's SDK with its Express middleware, and a decorator such as its users write. */
function start({ sampled, exporting, udpPort }) {
  const AWSXRay = require('aws-xray-sdk-core');
  const { openSegment, closeSegment } = require('aws-xray-sdk-express');
  if (exporting) AWSXRay.setDaemonAddress(`127.0.0.1:${udpPort}`);
  else require('aws-xray-sdk-core/dist/lib/segment_emitter').send = () => {};
  AWSXRay.middleware.disableCentralizedSampling();
  AWSXRay.middleware.setSamplingRules({
    version: 2,
    default: { fixed_target: 0, rate: sampled ? 1 : 0 },
    rules: [],
  });
  return {
    traced: (name) => (_target, _key, descriptor) => {
      const method = descriptor.value;
      descriptor.value = function (...args) {
        return AWSXRay.captureAsyncFunc(name, (subsegment) => {
          if (!subsegment) return method.apply(this, args);
          let result;
          try {
            result = method.apply(this, args);
          } catch (thrown) {
            subsegment.close(thrown);
            throw thrown;
          }
          if (!(result instanceof Promise)) {
            subsegment.close();
            return result;
          }
          return result.then(
            (value) => {
              subsegment.close();
              return value;
            },
            (thrown) => {
              subsegment.close(thrown);
              throw thrown;
            },
          );
        });
      };
    },
    use(app) {
      app.use(openSegment('bench'));
      app.use(closeSegment());
    },
  };
}

module.exports = { start };
