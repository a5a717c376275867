/* They end in Node's http or in undici, which are recorded here; see http/ for redirects and proxies. */
const { once } = require('node:events');
const { createServer } = require('node:http');

/** @param make what asks `url`, and resolves to the text of the answer */
const client = (make) => ({
  turnOn: [],
  async open() {
    const server = createServer((request, response) => {
      const headers = ['x-amzn-trace-id', 'traceparent'].map((name) => request.headers[name]);
      const traced = headers.every((header) => header !== undefined);
      response.end(traced ? request.url.slice(1) : 'no trace came');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const get = await make();
    return {
      run: (tag) => get(`http://127.0.0.1:${server.address().port}/${tag}`),
      close() {
        server.closeAllConnections();
        server.close();
      },
    };
  },
  expects: ['127.0.0.1 [remote] GET'],
});

exports.axios = client(() => {
  const axios = require('axios');
  return async (url) => (await axios.get(url)).data;
});

exports.got = client(async () => {
  const { got } = await import('got');
  return (url) => got(url).text();
});

exports.undici = client(() => {
  const { request } = require('undici');
  return async (url) => (await request(url)).body.text();
});

exports.superagent = client(() => {
  const superagent = require('superagent');
  return async (url) => (await superagent.get(url).buffer(true)).text;
});

exports['node-fetch'] = client(async () => {
  const { default: nodeFetch } = await import('node-fetch');
  return async (url) => (await nodeFetch(url)).text();
});
