import type { SubsegmentDocument } from '@nestjs-xray/document';

export interface InferredNode {
  name: string;
  type: string;
  account: string | undefined;
}

/** What identifies the resource of an AWS call, and the type that X-Ray gives its node. */
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

/** Through these a message travels on: the consumer's segment does not stand in for the queue. */
const MESSAGING = /^(sqs|simplequeueservice|sns|eventbridge|kinesis)$/i;

/**
 * The node that a call points at when its callee sends no segments; undefined
 * when the subsegment is no call.
 *
 * A subsegment with `sql` is a database (`Database::SQL`), one of namespace `aws` an AWS
 * resource where the call names one and else the AWS service, one of namespace `remote` a host.
 */
export function inferredNode(call: SubsegmentDocument): InferredNode | undefined {
  if (call.sql) return { name: call.name, type: 'Database::SQL', account: undefined };
  if (call.namespace === 'aws') return awsNode(call);
  if (call.namespace === 'remote') return { name: call.name, type: 'remote', account: undefined };
  return undefined;
}

/** Whether the node stays in the graph between the caller and a segment that answered. */
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

/** A queue is known by its URL, a topic or function by its ARN: the last part is its name. */
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
