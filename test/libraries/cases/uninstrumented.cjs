/* Libraries that nobody instruments: the application wraps its own method, and the trace is kept. */
const { once } = require('node:events');
const { Subsegment } = require('nestjs-xray');
const { decorate } = require('../decorate.cjs');

/** A second, its usual limit, is short on a busy machine. */
const UNHURRIED = { timeout: 20_000 };

/** As an application's provider has it: a method that sends, a subsegment named after the service. */
function wrapping(name, send) {
  class Client {
    send(tag) {
      return send(tag);
    }
  }
  decorate(Client, 'send', [Subsegment({ name, namespace: 'remote' })]);
  const client = new Client();
  return (tag) => client.send(tag);
}

const how =
  "no instrumentation: `@Subsegment({ name, namespace: 'remote' })` on the method that calls it";

exports.nodemailer = {
  how,
  async open() {
    const { SMTPServer } = require('smtp-server');
    const { createTransport } = require('nodemailer');
    const waiting = new Map();
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, done) {
        let mail = '';
        stream.on('data', (chunk) => (mail += chunk));
        stream.on('end', () => {
          const tag = /^Subject: (.*?)\r?$/m.exec(mail)[1];
          waiting.get(tag)(tag);
          done();
        });
      },
    });
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const { port } = server.server.address();
    const mails = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: 3 });
    return {
      run: wrapping('smtp', async (tag) => {
        const arrived = new Promise((resolve) => waiting.set(tag, resolve));
        await mails.sendMail({ from: 'a@shop.test', to: 'b@shop.test', subject: tag, text: '' });
        return arrived;
      }),
      close() {
        mails.close();
        server.close();
      },
    };
  },
  expects: ['smtp [remote]'],
};

exports.nats = {
  how,
  async open({ nats }) {
    const { connect, StringCodec } = require('nats');
    const text = StringCodec();
    const connection = await connect({ servers: `127.0.0.1:${nats}` });
    connection.subscribe('libraries.raw', {
      callback: (_, message) => message.respond(message.data),
    });
    return {
      run: wrapping('nats', async (tag) => {
        return text.decode(
          (await connection.request('libraries.raw', text.encode(tag), UNHURRIED)).data,
        );
      }),
      close: () => connection.close(),
    };
  },
  expects: ['nats [remote]'],
};

exports.mqtt = {
  how,
  async open({ mosquitto }) {
    const { connectAsync } = require('mqtt');
    const client = await connectAsync(`mqtt://127.0.0.1:${mosquitto}`);
    const waiting = new Map();
    client.on('message', (topic, payload) => {
      if (topic === 'libraries/raw') waiting.get(String(payload))(String(payload));
    });
    await client.subscribeAsync('libraries/raw');
    return {
      run: wrapping('mqtt', async (tag) => {
        const arrived = new Promise((resolve) => waiting.set(tag, resolve));
        await client.publishAsync('libraries/raw', tag, { qos: 1 });
        return arrived;
      }),
      close: () => client.endAsync(),
    };
  },
  expects: ['mqtt [remote]'],
};
