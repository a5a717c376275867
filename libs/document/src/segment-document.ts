/**
 * The X-Ray segment document, as accepted by `PutTraceSegments` and the daemon.
 *
 * Times are epoch **seconds** with a fraction. Rules and limits:
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export interface SegmentDocument extends NodeDocument {
  trace_id: string;
  /** Id of the upstream subsegment that made the call, when there is one. */
  parent_id?: string;
  service?: ServiceDocument;
  user?: string;
  /** The kind of AWS resource that ran the code, for instance `AWS::ECS::Container`. */
  origin?: string;
  resource_arn?: string;
}

/** A part of a segment; has `trace_id`, `parent_id` and `type` when it is sent separately. */
export interface SubsegmentDocument extends NodeDocument {
  trace_id?: string;
  parent_id?: string;
  type?: 'subsegment';
  /** `aws` for AWS calls, `remote` for other calls; Python's SDK also writes `local`. */
  namespace?: string;
  /** True when the callee sends its own segment for this call. */
  traced?: boolean;
  precursor_ids?: string[];
  sql?: SqlDocument;
}

/** The fields that segments and subsegments share. */
export interface NodeDocument {
  /** 16 hexadecimal digits, unique within the trace. */
  id: string;
  /** At most 200 characters of letters, digits, white space and `_.:/%&#=+\-@`. */
  name: string;
  start_time: number;
  /** Absent while `in_progress`. */
  end_time?: number;
  in_progress?: boolean;
  /** The request failed because of the caller (4xx). */
  error?: boolean;
  /** The request failed because of the service (5xx). */
  fault?: boolean;
  /** The request was throttled (429). */
  throttle?: boolean;
  cause?: CauseDocument | string;
  http?: HttpDocument;
  aws?: Record<string, unknown>;
  /** Indexed, at most 50 in a trace; keys of letters, digits, `_` and `.`. */
  annotations?: Record<string, AnnotationValue>;
  /** References to other traces. */
  links?: LinkDocument[];
  /** Not indexed: namespace → key → any JSON value. */
  metadata?: Record<string, Record<string, unknown>>;
  subsegments?: SubsegmentDocument[];
}

/** A reference to a segment or subsegment, usually of another trace. */
export interface LinkDocument {
  trace_id: string;
  id: string;
  attributes?: Record<string, unknown>;
}

export type AnnotationValue = string | number | boolean;

export interface HttpDocument {
  request?: {
    method?: string;
    url?: string;
    user_agent?: string;
    client_ip?: string;
    /** True when `client_ip` was read from an X-Forwarded-For header. */
    x_forwarded_for?: boolean;
    traced?: boolean;
  };
  response?: { status?: number; content_length?: number };
}

export interface SqlDocument {
  connection_string?: string;
  url?: string;
  sanitized_query?: string;
  database_type?: string;
  database_version?: string;
  driver_version?: string;
  user?: string;
  preparation?: 'call' | 'statement';
}

export interface ServiceDocument {
  name?: string;
  version?: string;
  runtime?: string;
  runtime_version?: string;
}

/** Why a node failed. A string instead is the id of an exception recorded on a node below. */
export interface CauseDocument {
  working_directory?: string;
  paths?: string[];
  exceptions: ExceptionDocument[];
}

export interface ExceptionDocument {
  /** 16 hexadecimal digits. */
  id: string;
  type?: string;
  message?: string;
  /** True when the exception came from a called service. */
  remote?: boolean;
  /** How many stack frames were left out. */
  truncated?: number;
  /** How many exceptions between this one and its cause were left out. */
  skipped?: number;
  /** Id of the exception that caused this one. */
  cause?: string;
  stack?: StackFrameDocument[];
}

export interface StackFrameDocument {
  path?: string;
  line?: number;
  label?: string;
}
