const { once } = require('node:events');
const { createServer } = require('node:http');
const { DataloaderInstrumentation } = require('@opentelemetry/instrumentation-dataloader');
const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai');
const { PinoInstrumentation } = require('@opentelemetry/instrumentation-pino');
const { WinstonInstrumentation } = require('@opentelemetry/instrumentation-winston');
const { Writable } = require('node:stream');

exports.dataloader = {
  turnOn: ['DataloaderInstrumentation', '@opentelemetry/instrumentation-dataloader'],
  instrumentation: () => new DataloaderInstrumentation(),
  open() {
    const DataLoader = require('dataloader');
    return {
      run: (tag) => new DataLoader(async (keys) => keys).load(tag),
    };
  },
  expects: ['dataloader.load (dataloader.batch)'],
};

exports.openai = {
  turnOn: ['OpenAIInstrumentation', '@opentelemetry/instrumentation-openai'],
  instrumentation: () => new OpenAIInstrumentation(),
  async open() {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        const { model, messages } = JSON.parse(body);
        response.setHeader('content-type', 'application/json');
        const message = { role: 'assistant', content: messages[0].content };
        response.end(
          JSON.stringify({
            ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model },
            choices: [{ index: 0, message, finish_reason: 'stop' }],
            usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
          }),
        );
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { OpenAI } = require('openai');
    const baseURL = `http://127.0.0.1:${server.address().port}/v1`;
    const client = new OpenAI({ apiKey: 'none', baseURL });
    return {
      async run(tag) {
        const messages = [{ role: 'user', content: tag }];
        const answer = await client.chat.completions.create({ model: 'gpt-4o-mini', messages });
        return answer.choices[0].message.content;
      },
      close() {
        server.closeAllConnections();
        server.close();
      },
    };
  },
  expects: ['openai [remote] chat gpt-4o-mini (127.0.0.1 [remote] POST)'],
};

/** Loggers make no subsegments: their lines get the ids of the trace. */
const logger = (turnOn, instrumentation, make) => ({
  turnOn,
  instrumentation,
  open() {
    const lines = [];
    const into = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const write = make(into);
    return {
      run(tag, traceId) {
        write(tag);
        const line = JSON.parse(lines.find((each) => each.includes(tag)));
        if (line.trace_id !== traceId)
          throw new Error(`The line has ${line.trace_id}, not ${traceId}.`);
        return tag;
      },
    };
  },
  expects: [],
  shows: 'no subsegment: each line gets `trace_id` and `span_id`',
});

exports.pino = logger(
  ['PinoInstrumentation', '@opentelemetry/instrumentation-pino'],
  () => new PinoInstrumentation(),
  (into) => {
    const log = require('pino')(into);
    return (text) => log.info(text);
  },
);

exports.winston = logger(
  ['WinstonInstrumentation', '@opentelemetry/instrumentation-winston'],
  () => new WinstonInstrumentation({ disableLogSending: true }),
  (into) => {
    const winston = require('winston');
    const transport = new winston.transports.Stream({ stream: into });
    const log = winston.createLogger({ format: winston.format.json(), transports: [transport] });
    return (text) => log.info(text);
  },
);
