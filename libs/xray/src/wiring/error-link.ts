import { isSampled } from '../core/context';
import type { Recorder } from '../core/recorder';
import type { Undo } from '../decorators/shared-wrappers';
import { onErrorLogged } from '../instrumentation/nest/log-lines';
import { daemonAddress } from '../net/daemon-address';
import { isLoopback } from '../net/host';
import { LocalConsole } from '../net/local-console';
import type { XrayOptions } from '../xray.options';
import { infoLogger } from './start-line';

type WithUrl = (use: (url: string) => void) => void;

/**
 * In development, logs a link to the trace after an error was logged, once for each segment, if the
 * console's address is known.
 */
export function linkErrorLogs(options: XrayOptions, recorder: Recorder): Undo {
  const log = infoLogger(options);
  const withUrl = consoleOf(options);
  if (log === undefined || withUrl === undefined) return () => undefined;
  const linked = new WeakSet<object>();
  return onErrorLogged((node) => {
    const { root } = node;
    if (root.owner !== recorder || !isSampled(node) || linked.has(root)) return;
    linked.add(root);
    withUrl((url) => log(`Trace of this error: ${url}/traces/${root.trace_id}`));
  });
}

function consoleOf({ consoleUrl, emitter, daemonAddress: address }: XrayOptions) {
  const { NODE_ENV, LAMBDA_TASK_ROOT, XRAY_EXPORTER } = process.env;
  if (consoleUrl === false || NODE_ENV === 'production' || LAMBDA_TASK_ROOT) return undefined;
  if (consoleUrl !== undefined) {
    const url = consoleUrl.replace(/\/+$/, '');
    return ((use) => use(url)) as WithUrl;
  }
  if (emitter !== undefined || XRAY_EXPORTER?.trim() === 'otlp' || inCluster()) return undefined;
  const { tcp } = daemonAddress(address);
  if (!isLoopback(tcp.host)) return undefined;
  const found = new LocalConsole(tcp);
  return ((use) => found.withUrl(use)) as WithUrl;
}

/**
 * Whether this is a container of ECS or Kubernetes, where the daemon is often a sidecar at a loopback
 * address. It must not get requests that it does not know.
 */
function inCluster(): boolean {
  const { AWS_EXECUTION_ENV, ECS_CONTAINER_METADATA_URI_V4, KUBERNETES_SERVICE_HOST } = process.env;
  return Boolean(AWS_EXECUTION_ENV ?? ECS_CONTAINER_METADATA_URI_V4 ?? KUBERNETES_SERVICE_HOST);
}
