import {
  BadGatewayException,
  Inject,
  Injectable,
  Logger,
  ServiceUnavailableException,
} from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import { Subsegment, XrayService } from 'nestjs-xray';
import { firstValueFrom, timeout, type Observable } from 'rxjs';
import { types } from 'node:util';
import { CRUDDUR_CONFIG, type CruddurConfig } from '../cruddur.config';
import {
  PATTERNS,
  type Activity,
  type Failure,
  type NotificationMessage,
  type Reply,
} from './protocol';

/** Injects the client of the notifications service. */
export const NOTIFICATIONS_CLIENT = Symbol('cruddur.notifications-client');

/** Longer than a burst of requests waits for the one connection of an embedded database. */
const TIMEOUT_MS = 5_000;

/** The notifications service, as Cruddur sees it. */
@Injectable()
export class Notifier {
  private readonly logger = new Logger('Notifications');
  private silent = false;

  constructor(
    @Inject(NOTIFICATIONS_CLIENT) private readonly client: ClientProxy,
    @Inject(CRUDDUR_CONFIG) private readonly config: CruddurConfig,
    private readonly xray: XrayService,
  ) {}

  /**
   * @throws ServiceUnavailableException when the service does not answer, or has no database
   * @throws BadGatewayException when it answers that it failed
   */
  @Subsegment()
  async list(handle: string): Promise<NotificationMessage[]> {
    try {
      return await this.within(this.client.send<NotificationMessage[]>(PATTERNS.list, { handle }));
    } catch (cause) {
      const message = this.trouble(cause);
      throw isFailure(cause) && !cause.unavailable
        ? new BadGatewayException(message, { cause })
        : new ServiceUnavailableException(message, { cause });
    }
  }

  /** Reports a new activity to the notifications service. A failure is logged; the activity is stored anyway. */
  @Subsegment()
  async activityCreated({ uuid, handle, message }: Activity): Promise<void> {
    await this.tell(PATTERNS.activityCreated, { uuid, handle, message });
  }

  /** Reports a reply to `parent`, like {@link activityCreated}. */
  @Subsegment()
  async replyCreated({ uuid, handle, message }: Activity, parent: Activity): Promise<void> {
    const reply: Reply = { uuid, handle, message, repliesTo: parent.handle };
    await this.tell(PATTERNS.replyCreated, reply);
  }

  /** @throws when the service cannot be reached */
  async ping(): Promise<void> {
    await this.client.connect();
  }

  private async tell(pattern: string, event: Activity): Promise<void> {
    try {
      await this.within(this.client.emit<void>(pattern, event));
      this.silent = false;
    } catch (cause) {
      this.xray.annotate('notified', false);
      if (!this.silent)
        this.logger.warn(`${this.trouble(cause)} Activities are stored nevertheless.`);
      this.silent = true; // once for each outage
    }
  }

  private within<T>(answer: Observable<T>): Promise<T> {
    return firstValueFrom(answer.pipe(timeout(TIMEOUT_MS)), { defaultValue: undefined as T });
  }

  private trouble(cause: unknown): string {
    const { host, port } = this.config.notifications;
    const service = `The notifications service at ${host}:${port}`;
    if (isFailure(cause)) return `${service} could not answer: ${cause.message}.`;
    const why =
      types.isNativeError(cause) && cause.message !== '' ? cause.message : 'no connection';
    return (
      `${service} does not answer (${why}). ` +
      'Start it (npm start does), or set NOTIFICATIONS_HOST and NOTIFICATIONS_PORT to its address.'
    );
  }
}

function isFailure(cause: unknown): cause is Failure {
  return typeof cause === 'object' && cause !== null && 'unavailable' in cause;
}
