// Requests as a few users would make them, so that the console shows something of everything: mostly fine
// ones, some writing, an N+1 in twelve, a large search, a call of the notifications service, few mistakes.
const users = ['andrewbrown', 'bayko', 'londo'];
const words = ['cloud', 'fun', 'the', 'a', 'mars'];
const cruds = [
  'Traces on a Friday.',
  'Who turned off the lights?',
  'Shipping it.',
  'One more query.',
];

const pick = (all) => all[Math.floor(Math.random() * all.length)];

/** What a user may do next, and how often in a hundred. */
const actions = [
  [34, () => get('home')],
  [22, () => get(`@${pick(users)}`)],
  [10, () => get('notifications')],
  [9, () => get('home?n_plus_one=1')],
  [8, () => get(`search?term=${pick(words)}`)],
  [6, () => post('', { message: pick(cruds), ttl: '1-hour' })],
  [6, reply],
  [2, () => get('@nobody')],
  [2, () => get('@%20')],
  [1, () => get('../nowhere')],
];

const get = (path) => ({ path });
const post = (path, body) => ({ path, body });

/** To the newest crud, whichever it is by then. */
async function reply(send) {
  const feed = await send(get('home')).then((response) => response.json());
  const uuid = feed[0]?.uuid;
  return uuid ? post(`${uuid}/reply`, { message: 'Same here.' }) : get('home');
}

/** Sends a request to `base` about every `everyMs`; what fails is the next one's business. */
export function keepTraffic(base, everyMs = 700) {
  const next = () => {
    const headers = { 'x-cruddur-user': pick(users), 'content-type': 'application/json' };
    const send = ({ path, body }) =>
      fetch(`${base}/api/activities${path && `/${path}`}`, {
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        headers,
        signal: AbortSignal.timeout(10_000),
      });
    Promise.resolve(chosen()(send))
      .then(send)
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
    setTimeout(next, everyMs * (0.5 + Math.random())).unref();
  };
  next();
}

function chosen() {
  let left = Math.random() * actions.reduce((sum, [share]) => sum + share, 0);
  return actions.find(([share]) => (left -= share) < 0)[1];
}
