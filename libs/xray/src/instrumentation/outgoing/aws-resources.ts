/** Parameters that name a resource, and the field of the `aws` block for each. */
const RESOURCES: Record<string, string> = {
  QueueUrl: 'queue_url',
  QueueName: 'queue_name',
  TableName: 'table_name',
  IndexName: 'index_name',
  TopicArn: 'topic_arn',
  TargetArn: 'target_arn',
  Bucket: 'bucket_name',
  Key: 'key',
  FunctionName: 'function_name',
  StreamName: 'stream_name',
  StateMachineArn: 'state_machine_arn',
  stateMachineArn: 'state_machine_arn',
  SecretId: 'secret_id',
};

const MAX_VALUE = 1_000;
const MAX_TABLES = 100;

/**
 * The resources that a command's input names: queue, table, topic, bucket. The rest of the
 * input is not recorded, since it may contain secrets.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-aws
 */
export function resourcesOf(input: unknown): Record<string, unknown> {
  const resources: Record<string, unknown> = {};
  if (typeof input !== 'object' || input === null) return resources;
  const fields = input as Record<string, unknown>;
  for (const [parameter, name] of Object.entries(RESOURCES)) {
    const value = fields[parameter];
    if (typeof value === 'string') resources[name] = value.slice(0, MAX_VALUE);
  }
  // In DynamoDB's batch operations, the keys are table names.
  const { RequestItems } = fields;
  if (typeof RequestItems === 'object' && RequestItems !== null) {
    resources.table_names = Object.keys(RequestItems).slice(0, MAX_TABLES);
  }
  return resources;
}
