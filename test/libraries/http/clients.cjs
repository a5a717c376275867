/* HTTP clients and proxies, each as its documentation has it. */

/**
 * What makes a GET request with `headers`, and resolves once it has been answered with 200.
 * `follows` redirects by itself; `retries` after a 503.
 */
exports.clients = {
  async fetch() {
    return { follows: true, get: async (url, headers) => ok(await fetch(url, { headers })) };
  },
  async 'node-fetch'() {
    const { default: nodeFetch } = await import('node-fetch');
    return { follows: true, get: async (url, headers) => ok(await nodeFetch(url, { headers })) };
  },
  async axios() {
    const axios = require('axios').create();
    // The usual way: what axios-retry does too.
    axios.interceptors.response.use(undefined, (problem) => {
      if (problem.config.again) throw problem;
      return axios.request({ ...problem.config, again: true });
    });
    return {
      follows: true,
      retries: true,
      get: async (url, headers) => (await axios.get(url, { headers })).data,
    };
  },
  async got() {
    const { got } = await import('got');
    const retry = { limit: 1, calculateDelay: ({ computedValue }) => Math.min(computedValue, 1) };
    return {
      follows: true,
      retries: true,
      get: (url, headers) => got(url, { headers, retry }).text(),
    };
  },
  async superagent() {
    const superagent = require('superagent');
    return {
      follows: true,
      retries: true,
      get: (url, headers) => superagent.get(url).set(headers).retry(1),
    };
  },
  async undici() {
    const { Agent, interceptors, request } = require('undici');
    const retry = interceptors.retry({ maxRetries: 1, minTimeout: 1, statusCodes: [503] });
    const redirect = interceptors.redirect({ maxRedirections: 1 });
    const dispatcher = new Agent().compose(redirect, retry);
    return {
      follows: true,
      retries: true,
      async get(url, headers) {
        const { statusCode, body } = await request(url, { headers, dispatcher });
        await body.dump();
        if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
      },
    };
  },
};

async function ok(response) {
  await response.text();
  if (response.status !== 200) throw new Error(`${response.url} answered ${response.status}`);
}

/** Express middleware that passes each request on to `target`, with its headers. */
exports.proxies = {
  'http-proxy'(target) {
    const proxy = require('http-proxy').createProxyServer({ target });
    return (request, response) => proxy.web(request, response);
  },
  'http-proxy-middleware'(target) {
    const { createProxyMiddleware } = require('http-proxy-middleware');
    return createProxyMiddleware({ target, changeOrigin: true });
  },
};
