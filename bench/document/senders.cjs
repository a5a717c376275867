'use strict';
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** nestjs-xray: the toolkit creates the segments in an application, and its UDP emitter sends them. */
async function nestjsXray({ port }) {
  require('reflect-metadata');
  const { Module } = require('@nestjs/common');
  const { NestFactory } = require('@nestjs/core');
  const { UdpEmitter, XrayModule, XrayService } = require('nestjs-xray');
  let last;
  const keep = { emit: (closed) => (last = closed), flush: async () => {}, close: async () => {} };
  class AppModule {}
  Module({ imports: [XrayModule.forRoot({ serviceName: 'bench', emitter: keep })] })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const xray = app.get(XrayService, { strict: false });
  const emitter = new UdpEmitter({ host: '127.0.0.1', port, logger: { warn() {} } });
  const nested = (depth, text) => {
    if (depth === 0) return;
    xray.capture(`ActivitiesService.step${depth}`, () => {
      if (text > 0) xray.metadata('payload', { text: 'x'.repeat(text) });
      nested(depth - 1, text);
    });
  };
  return {
    make({ depth, wide, text }) {
      xray.captureSegment('bench', () => {
        for (let i = 0; i < wide; i++) nested(depth, text);
      });
      return last;
    },
    send: (closed) => emitter.emit(closed),
    sent: () => emitter.flush(),
  };
}

/** AWS's SDK, with its Segment and its emitter. */
async function awsSdk({ port }) {
  const AWSXRay = require('aws-xray-sdk-core');
  const emitter = require('aws-xray-sdk-core/dist/lib/segment_emitter');
  AWSXRay.setDaemonAddress(`127.0.0.1:${port}`);
  AWSXRay.setStreamingThreshold(10_000);
  // Silence the log of dropped documents. The sink counts the missing ones.
  AWSXRay.setLogger({ debug() {}, info() {}, warn() {}, error() {} });
  const send = emitter.send.bind(emitter);
  let last;
  emitter.send = (closed) => (last = closed);
  const nested = (parent, depth, text) => {
    if (depth === 0) return;
    const subsegment = parent.addNewSubsegment(`ActivitiesService.step${depth}`);
    if (text > 0) subsegment.addMetadata('payload', { text: 'x'.repeat(text) });
    nested(subsegment, depth - 1, text);
    subsegment.close();
  };
  return {
    make({ depth, wide, text }) {
      const segment = new AWSXRay.Segment('bench');
      for (let i = 0; i < wide; i++) nested(segment, depth, text);
      segment.close();
      return last;
    },
    send,
    sent: turn,
  };
}

module.exports = { senders: { 'nestjs-xray': nestjsXray, 'aws-sdk': awsSdk } };
