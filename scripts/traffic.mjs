// Requests such as a few users would make, so that the console has examples of everything: mostly successful ones,
// some writes, an N+1 in twelve, a fault in forty, a slow query, calls of the notifications service, and a few mistakes
// by users.
const users = ['andrewbrown', 'bayko', 'worf', 'garek', 'londo'];
const words = ['cloud', 'fun', 'the', 'a', 'mars'];
const cruds = [
  'Traces on a Friday.',
  'Who turned off the lights, @bayko?',
  'Shipping it.',
  'One more query.',
];

const pick = (all) => all[Math.floor(Math.random() * all.length)];

const get = (path) => ({ path });
const activities = (path) => get(`/api/activities/${path}`);
const post = (path, body) => ({ path: `/api/activities${path}`, body });

const nPlusOne = () => activities('home?n_plus_one=1');

/** What a user may do next, with the frequency per 120 actions. */
const actions = [
  [38, () => activities('home')],
  [26, () => activities(`@${pick(users)}`)],
  [12, () => activities('notifications')],
  [10, nPlusOne],
  [10, () => activities(`search?term=${pick(words)}`)],
  [8, () => post('', { message: pick(cruds), ttl: '1-hour' })],
  [8, reply],
  [3, () => get('/api/mistakes/fault')],
  [2, () => get('/api/mistakes/slow-query')],
  [1, () => activities('@nobody')],
  [1, () => activities('@%20')],
  [1, () => get('/api/nowhere')],
];

/** Replies to the newest crud at that time. */
async function reply(send) {
  const feed = await send(activities('home')).then((response) => response.json());
  const uuid = feed[0]?.uuid;
  return uuid ? post(`/${uuid}/reply`, { message: 'Same here.' }) : activities('home');
}

/** Sends a request to `base` about every `everyMs`; failures are ignored. */
export function keepTraffic(base, everyMs = 700) {
  const next = () => {
    act(base, chosen());
    setTimeout(next, everyMs * (0.5 + Math.random())).unref();
  };
  next();
}

/** Sends `count` requests to `base`, a few at a time; resolves when all have been answered. */
export async function traffic(base, count) {
  let left = count;
  const user = async () => {
    while (left-- > 0) await act(base, chosen());
  };
  await Promise.all(users.map(user));
}

/** Sends one request to `base`. Resolves to the id of its trace. */
export async function ask(base, path) {
  return (await act(base, () => get(path))).headers.get('x-trace-id');
}

/**
 * Performs each action once and the common ones a few times, one after the other. Resolves to the address of a trace
 * with an N+1, or undefined if nothing was traced.
 */
export async function burst(base) {
  let worthOpening;
  for (const [share, action] of actions) {
    for (let left = share; left > 0; left -= 10) {
      const answer = await act(base, action);
      if (action === nPlusOne) worthOpening ??= answer?.headers.get('x-trace-url') ?? undefined;
    }
  }
  return worthOpening;
}

/** Performs one action of a random user. Returns the response, or undefined if there was none. */
async function act(base, action) {
  const headers = { 'x-cruddur-user': pick(users), 'content-type': 'application/json' };
  const send = ({ path, body }) =>
    fetch(base + path, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers,
      signal: AbortSignal.timeout(10_000),
    });
  try {
    const response = await send(await action(send));
    await response.arrayBuffer();
    return response;
  } catch {
    return undefined;
  }
}

function chosen() {
  let left = Math.random() * actions.reduce((sum, [share]) => sum + share, 0);
  return actions.find(([share]) => (left -= share) < 0)[1];
}
