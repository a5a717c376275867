const { join } = require('node:path');
const { GrpcInstrumentation } = require('@opentelemetry/instrumentation-grpc');

exports['grpc-js'] = {
  turnOn: ['GrpcInstrumentation', '@opentelemetry/instrumentation-grpc'],
  instrumentation: () => new GrpcInstrumentation(),
  async open() {
    const grpc = require('@grpc/grpc-js');
    const { loadSync } = require('@grpc/proto-loader');
    const { Plain } = grpc.loadPackageDefinition(loadSync(join(__dirname, 'echo.proto'))).libraries;
    const server = new grpc.Server();
    server.addService(Plain.service, { Once: ({ request }, answer) => answer(null, request) });
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await new Promise((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', credentials, (problem, bound) =>
        problem ? reject(problem) : resolve(bound),
      ),
    );
    const client = new Plain(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    return {
      run: (tag) =>
        new Promise((resolve, reject) =>
          client.Once({ tag }, (problem, answer) =>
            problem ? reject(problem) : resolve(answer.tag),
          ),
        ),
      close() {
        client.close();
        server.forceShutdown();
      },
    };
  },
  expects: ['libraries.Plain [remote] grpc.libraries.Plain/Once'],
  consumes: 'grpc.libraries.Plain/Once',
};
