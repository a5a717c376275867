// A mix of requests as a few users would make them: fine ones, slow ones, wrong ones.
const paths = [
  '/api/activities/home',
  '/api/activities/@andrewbrown',
  '/api/activities/@bayko',
  '/api/activities/@londo',
  '/api/activities/@nobody',
  '/api/activities/@%20',
  '/api/activities/search?term=cloud',
  '/api/activities/notifications',
  '/api/nowhere',
];

/** Sends a request to `base` about every `everyMs`; what fails is the next one's business. */
export function keepTraffic(base, everyMs = 700) {
  const next = () => {
    const path = paths[Math.floor(Math.random() * paths.length)];
    fetch(base + path, { signal: AbortSignal.timeout(10_000) })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
    setTimeout(next, everyMs * (0.5 + Math.random())).unref();
  };
  next();
}
