import type { SubsegmentDocument } from '@nestjs-xray/document';

export interface InferredNode {
  name: string;
  type: string;
  account: string | undefined;
}

/** The fields that identify the resource of an AWS call, and the type of its node in X-Ray. */
const RESOURCES: { service: RegExp; fields: string[]; type: string }[] = [
  { service: /^dynamodb$/i, fields: ['table_name', 'table_names'], type: 'AWS::DynamoDB::Table' },
  { service: /^(simplequeueservice|sqs)$/i, fields: ['queue_url'], type: 'AWS::SQS::Queue' },
  { service: /^sns$/i, fields: ['topic_arn', 'target_arn'], type: 'AWS::SNS::Topic' },
  { service: /^s3$/i, fields: ['bucket_name'], type: 'AWS::S3::Bucket' },
  {
    service: /^lambda$/i,
    fields: ['function_name', 'function_arn'],
    type: 'AWS::Lambda::Function',
  },
];

/** Services that pass messages on. The segment of the consumer does not replace their node in the graph. */
const MESSAGING = /^(sqs|simplequeueservice|sns|eventbridge|kinesis)$/i;

/**
 * The node for a call whose callee sends no segments. Undefined if the subsegment is not a call.
 *
 * A subsegment with `sql` calls a database (`Database::SQL`). One with namespace `aws` calls an AWS resource, or the
 * AWS service if the call names no resource. One with namespace `remote` calls a host.
 */
export function inferredNode(call: SubsegmentDocument): InferredNode | undefined {
  if (call.sql) return { name: call.name, type: 'Database::SQL', account: undefined };
  if (call.namespace === 'aws') return awsNode(call);
  if (call.namespace === 'remote') return { name: call.name, type: 'remote', account: undefined };
  return undefined;
}

/** Whether the called node remains in the graph between the caller and the segment of a consumer. */
export function passesMessagesOn(call: SubsegmentDocument): boolean {
  return call.namespace === 'aws' && MESSAGING.test(call.name);
}

function awsNode(call: SubsegmentDocument): InferredNode {
  const account = text(call.aws?.account_id);
  for (const { service, fields, type } of RESOURCES) {
    if (!service.test(call.name)) continue;
    for (const field of fields) {
      const resource = one(call.aws?.[field]);
      if (resource) return { name: lastPart(resource), type, account };
    }
  }
  return { name: call.name, type: `AWS::${call.name}`, account };
}

/** The name at the end of a queue's URL, or of the ARN of a topic or function. */
function lastPart(resource: string): string {
  return /^(https?:|arn:)/.test(resource)
    ? resource.slice(/[^/:]*$/.exec(resource)!.index)
    : resource;
}

function one(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length === 1 ? text(value[0]) : undefined;
  return text(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
