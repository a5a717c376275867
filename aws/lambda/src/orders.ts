import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { Annotation, Segment, Subsegment, XrayService } from 'nestjs-xray';

/** The fields of an SQS message that are used here. */
export interface OrderMessage {
  messageId: string;
  body: string;
  attributes: { AWSTraceHeader?: string };
}

@Injectable()
export class Orders {
  constructor(@Inject(XrayService) private readonly xray: XrayService) {}

  @Subsegment()
  async find(@Annotation('order') id: string): Promise<{ id: string; trace: string | undefined }> {
    await wait(1); // Simulates a database.
    if (id === 'none') throw new NotFoundException(`There is no order ${id}`);
    return { id, trace: this.xray.traceId };
  }

  /**
   * A batch does not begin with a request, so @Segment() opens the segment: the subsegment of the
   * function gets this name, and links to the traces that sent the messages. Returns the ids of the
   * messages to be delivered again.
   */
  @Segment('orders-queue')
  async handleBatch(messages: OrderMessage[]): Promise<string[]> {
    const results = await Promise.allSettled(messages.map((message) => this.handle(message)));
    const failed = messages.filter((_message, at) => results[at]?.status === 'rejected');
    this.xray.annotate('failed', failed.length);
    return failed.map(({ messageId }) => messageId);
  }

  @Subsegment({ annotations: ([{ messageId }]) => ({ message: messageId }) })
  async handle({ body }: OrderMessage): Promise<void> {
    await wait(1);
    JSON.parse(body);
  }

  @Subsegment()
  async *list(): AsyncGenerator<string> {
    for (let order = 1; order <= 3; order++) {
      await wait(1);
      yield `order ${order}\n`;
    }
  }
}
