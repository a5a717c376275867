/* The service that is called. It keeps the headers with which each request came. */
const { once } = require('node:events');
const { createServer } = require('node:http');

/** `/plain/tag` answers, `/moved/tag` leads there, `/flaky/tag` answers from the second time on. */
exports.startOrigin = async function startOrigin() {
  const requests = [];
  const server = createServer(({ url, rawHeaders }, response) => {
    const [, how, tag] = url.split('/');
    const isFirst = !requests.some((each) => each.url === url);
    const headers = rawHeaders.flatMap((name, at) =>
      at % 2 === 0 ? [[name, rawHeaders[at + 1]]] : [],
    );
    requests.push({ url, tag, headers });
    if (how === 'moved') response.writeHead(302, { location: `/plain/${tag}` });
    else if (how === 'flaky' && isFirst) response.writeHead(503);
    response.end('answer');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
};
