// The addresses of all parts, from the environment variables in README.md.
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

/** The ports of Cruddur's two services, which must be free, with the variables that set them. */
export const cruddurPorts = [
  [HOST, PORT, 'PORT'],
  [NOTIFICATIONS_HOST, NOTIFICATIONS_PORT, 'NOTIFICATIONS_PORT'],
];

/** The demo sends its traces to its local X-Ray, unless a daemon address or an OTLP exporter is configured. */
const tracingEnv = process.env.AWS_XRAY_DAEMON_ADDRESS
  ? {}
  : { AWS_XRAY_DAEMON_ADDRESS: XRAY_LOCAL_ADDRESS };

/**
 * Datagrams stay in V8's young generation until they are freed. With 4 MB instead of 16 MB there are fewer.
 *
 * Each thread collects its own garbage: the helper threads that V8 starts otherwise take more processor time than they
 * save, because what lives in the writer's heap is small.
 */
export const localXrayNodeArgs = ['--max-semi-space-size=4', '--single-threaded-gc'];

/** The parts in the order in which they start, each with the address that answers when it is ready. */
export const parts = [
  {
    name: 'Local X-Ray',
    script: 'dist/apps/local-xray/src/main.js',
    nodeArgs: localXrayNodeArgs,
    // The console shows the source lines of stack frames.
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
