import type { Address } from '../../net/daemon-address';
import { type RecorderLogger, WarnOnce } from '../../core/warn-once';

/** The warnings for traces that do not arrive, each logged once. */
export class UdpWarnings {
  private readonly warnings: WarnOnce;

  constructor(
    private readonly target: Address,
    logger: RecorderLogger,
  ) {
    this.warnings = new WarnOnce(logger);
  }

  notSent(problem: unknown): void {
    const code = (problem as { code?: string }).code ?? String(problem);
    const { host, port } = this.target;
    this.warnings.warn(
      code,
      `Traces could not be sent to the X-Ray daemon at ${host}:${port}: ${code}. ` +
        'Start the daemon or local X-Ray, or set AWS_XRAY_DAEMON_ADDRESS. Requests are not affected.',
    );
  }

  droppedByKernel(count: number): void {
    const { host, port } = this.target;
    this.warnings.warn(
      'receiver-drops',
      `The kernel dropped ${count} datagrams sent to ${host}:${port}: the socket's buffer was ` +
        'full, because the receiver reads more slowly than this application sends. Parts of traces are missing. ' +
        'Sample fewer requests, or give the receiver more CPU or a larger buffer (net.core.rmem_default).',
    );
  }
}
