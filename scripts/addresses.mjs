// Where the parts listen, from the variables that README.md lists.
import { root } from './ready.mjs';

const {
  PORT = '4567',
  HOST = '127.0.0.1',
  NOTIFICATIONS_PORT = '4568',
  NOTIFICATIONS_HOST = '127.0.0.1',
  XRAY_LOCAL_ADDRESS = '127.0.0.1:2000',
} = process.env;

export const cruddur = `http://${HOST}:${PORT}`;
export const localXray = `http://${XRAY_LOCAL_ADDRESS}`;

/** What must be free for Cruddur's two services: host, port, and the variable that sets it. */
export const cruddurPorts = [
  [HOST, PORT, 'PORT'],
  [NOTIFICATIONS_HOST, NOTIFICATIONS_PORT, 'NOTIFICATIONS_PORT'],
];

/** The demo reports to the local X-Ray beside it, unless it was told of another daemon or an OTLP collector. */
const tracingEnv = process.env.AWS_XRAY_DAEMON_ADDRESS
  ? {}
  : { AWS_XRAY_DAEMON_ADDRESS: XRAY_LOCAL_ADDRESS };

/** Datagrams wait in the nursery to be freed: with 4 MB of it instead of 16 there are never many of them. */
export const localXrayNodeArgs = ['--max-semi-space-size=4'];

/** The parts in the order they start, each with the address that tells that it is ready. */
export const parts = [
  {
    name: 'Local X-Ray',
    script: 'dist/apps/local-xray/src/main.js',
    nodeArgs: localXrayNodeArgs,
    // Stack frames are shown with the lines of code they stand for.
    args: ['--source', root],
    ready: `${localXray}/health`,
  },
  {
    name: 'Notifications',
    script: 'dist/apps/cruddur/src/notifications/main.js',
    ready: `tcp://${NOTIFICATIONS_HOST}:${NOTIFICATIONS_PORT}`,
    env: tracingEnv,
  },
  {
    name: 'Cruddur',
    script: 'dist/apps/cruddur/src/main.js',
    ready: `${cruddur}/api/health-check`,
    env: tracingEnv,
  },
];
