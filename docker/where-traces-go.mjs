// node --import ./docker/where-traces-go.mjs <app>: sends the app's traces to whichever of the stack's tracing
// services is running. A compose profile can start a service but not change the environment of another one.
import { lookup } from 'node:dns/promises';

/** In order of preference. The last one runs without a profile. */
const services = [
  {
    host: 'xray-daemon', // --profile aws
    env: {
      AWS_XRAY_DAEMON_ADDRESS: 'xray-daemon:2000',
      CRUDDUR_SAMPLING: 'central', // traces cost money there
      XRAY_VIEWER_URL: consoleUrl(process.env.AWS_REGION || 'us-east-1'),
    },
  },
  {
    host: 'jaeger', // --profile jaeger
    env: {
      XRAY_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318',
      XRAY_VIEWER_URL: 'http://127.0.0.1:16686/trace/{otelTraceId}',
    },
  },
  {
    host: 'local-xray',
    env: {
      AWS_XRAY_DAEMON_ADDRESS: 'local-xray:2000',
      XRAY_VIEWER_URL: 'http://127.0.0.1:2000',
    },
  },
];

for (const { host, env } of services) {
  const known = await lookup(host).then(
    () => true,
    () => false,
  );
  if (!known) continue;
  // Variables that are already set are kept. An empty variable counts as not set.
  for (const [name, value] of Object.entries(env)) process.env[name] ||= value;
  console.log(`Traces go to ${host}.`);
  break;
}

function consoleUrl(region) {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#xray:traces/{traceId}`;
}
