import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  PATTERNS,
  type Activity,
  type ListNotifications,
  type NotificationMessage,
  type Reply,
} from '../protocol';
import { NotificationsService } from './notifications.service';
import { RpcErrorFilter } from './rpc-error.filter';

/** What the notifications service understands. */
@Controller()
@UseFilters(RpcErrorFilter)
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @MessagePattern(PATTERNS.list)
  list(@Payload() { handle }: ListNotifications): Promise<NotificationMessage[]> {
    return this.notifications.list(handle);
  }

  @EventPattern(PATTERNS.activityCreated)
  activityCreated(@Payload() activity: Activity): Promise<void> {
    return this.notifications.remember(activity);
  }

  @EventPattern(PATTERNS.replyCreated)
  replyCreated(@Payload() reply: Reply): Promise<void> {
    return this.notifications.remember(reply);
  }
}
