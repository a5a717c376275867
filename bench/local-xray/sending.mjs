// Shared by the measurements of HTTP and OTLP: a client, and the loop that keeps it busy.
import http from 'node:http';

/** Posts over kept-alive connections. Resolves to the status and the text of the response. */
export function httpClient(url, { connections, headers = {} }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const send = (body) =>
    new Promise((resolve, reject) => {
      const request = http.request(
        url,
        { method: 'POST', agent, headers: { ...headers, 'Content-Length': body.length } },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode, text }));
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  return { send, close: () => agent.destroy() };
}

/**
 * Sends one body after the other, `clients` at a time, until `seconds` have passed or all are sent. Returns every
 * response other than `expected` as unexpected.
 */
export async function sendFor({ seconds, clients, bodies, send, expected }) {
  let next = 0;
  const unexpected = [];
  const start = performance.now();
  const until = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < until && next < bodies.length) {
        const answer = await send(bodies[next++]);
        if (answer !== expected) unexpected.push(answer.slice(0, 200));
      }
    }),
  );
  return { bodiesSent: next, seconds: (performance.now() - start) / 1000, unexpected };
}
