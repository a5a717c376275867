/**
 * The names of OpenTelemetry's semantic conventions for fields of the segment document: one table for
 * the OTLP emitter, the OpenTelemetry bridge and local X-Ray's OTLP receiver.
 *
 * The first name of each list is written. The conventions were renamed over the years, so all names
 * are read, in order.
 * https://opentelemetry.io/docs/specs/semconv/
 */
export const HTTP_NAMES = {
  method: ['http.request.method', 'http.method'],
  url: ['url.full', 'http.url'],
  scheme: ['url.scheme', 'http.scheme'],
  path: ['url.path'],
  query: ['url.query'],
  /** Path and query in one attribute. */
  target: ['http.target'],
  host: ['http.host'],
  serverName: ['server.address', 'http.server_name', 'net.host.name', 'host.name'],
  serverPort: ['server.port', 'net.host.port'],
  peerName: [
    'server.address',
    'net.peer.name',
    'net.sock.peer.name',
    'net.peer.ip',
    'network.peer.address',
  ],
  peerPort: ['server.port', 'net.peer.port'],
  user_agent: ['user_agent.original', 'http.user_agent'],
  /** The client's own address, which was read from a header. */
  forwardedFor: ['client.address', 'http.client_ip'],
  /** The address at the other end of the connection. */
  client_ip: ['network.peer.address', 'net.peer.ip'],
  clientPort: ['network.peer.port'],
  status: ['http.response.status_code', 'http.status_code'],
  content_length: ['http.response.body.size', 'http.response_content_length'],
  route: ['http.route'],
  retries: ['http.request.resend_count'],
} as const;

export const SQL_NAMES = {
  // AWS's collector reads only the older names, so the OTLP emitter writes both.
  database_type: ['db.system.name', 'db.system'],
  sanitized_query: ['db.query.text', 'db.statement'],
  database: ['db.namespace', 'db.name'],
  user: ['db.user'],
  connection_string: ['db.connection_string'],
} as const;

/** Values of `db.system` for databases that use SQL. */
export const SQL_SYSTEMS: ReadonlySet<unknown> = new Set([
  'cockroachdb',
  'db2',
  'derby',
  'hive',
  'mariadb',
  'microsoft.sql_server',
  'mssql',
  'mysql',
  'oracle',
  'oracle.db',
  'other_sql',
  'postgresql',
  'sqlite',
  'teradata',
]);

export const AWS_NAMES = {
  operation: ['rpc.method', 'aws.operation'],
  service: ['rpc.service', 'aws.service'],
  account_id: ['aws.account_id'],
  region: ['aws.region'],
  request_id: ['aws.request_id', 'aws.requestId'],
  queue_url: ['aws.queue_url', 'aws.queue.url', 'aws.sqs.queue.url', 'messaging.url'],
  table_names: ['aws.dynamodb.table_names'],
  table_name: ['aws.table_name', 'aws.table.name'],
  topic_arn: ['aws.sns.topic.arn'],
  function_arn: ['aws.lambda.invoked_arn'],
  bucket_name: ['aws.s3.bucket'],
  key: ['aws.s3.key'],
} as const;

/** Names of the callee, in Application Signals and in the conventions: the most specific first. */
export const CALLEE_NAMES = {
  service: ['aws.remote.service', 'peer.service', 'aws.service'],
  rpc: ['rpc.service'],
  messaging: ['messaging.system'],
  genAi: ['gen_ai.provider.name', 'gen_ai.system'],
} as const;

/** The attributes by which AWS Application Signals identifies services and their dependencies. */
export const SIGNALS_NAMES = {
  localService: 'aws.local.service',
  localOperation: 'aws.local.operation',
  localEnvironment: 'aws.local.environment',
  remoteService: 'aws.remote.service',
  remoteOperation: 'aws.remote.operation',
  remoteResourceType: 'aws.remote.resource.type',
  remoteResource: 'aws.remote.resource.identifier',
  remoteDbUser: 'aws.remote.db.user',
  spanKind: 'aws.span.kind',
} as const;

export const USER_NAMES = ['enduser.id', 'user.id'] as const;

/** The attribute that lists the keys which X-Ray indexes; AWS's collector reads it too. */
export const INDEXED_KEYS = 'aws.xray.annotations';
/** The prefix of attributes that contain a metadata namespace as JSON. */
export const METADATA_PREFIX = 'aws.xray.metadata.';
