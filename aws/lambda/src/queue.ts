import { application } from './application';
import { type OrderMessage, Orders } from './orders';

/** Handles an SQS batch. Only the messages that failed are delivered again. */
export async function handler(event: { Records: OrderMessage[] }) {
  const app = await application();
  const failed = await app.get(Orders).handleBatch(event.Records);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
