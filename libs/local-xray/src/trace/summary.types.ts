/**
 * The parts of X-Ray's API answers that are made from one trace, in the API's own
 * spelling, so that an answer is the object itself.
 * https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html
 */
export interface TraceSummary {
  Id: string;
  /** Epoch seconds. */
  StartTime: number;
  /** Seconds from the root's start to the last end there is. */
  Duration: number;
  /** Seconds the root segment took; absent until it has ended. */
  ResponseTime?: number;
  HasFault: boolean;
  HasError: boolean;
  HasThrottle: boolean;
  IsPartial: boolean;
  Http?: SummaryHttp;
  Annotations: Record<string, ValueWithServiceIds[]>;
  Users: { UserName: string; ServiceIds: ServiceId[] }[];
  ServiceIds: ServiceId[];
  ResourceARNs: { ARN: string }[];
  InstanceIds: { Id: string }[];
  AvailabilityZones: { Name: string }[];
  EntryPoint?: ServiceId;
  FaultRootCauses: RootCause[];
  ErrorRootCauses: RootCause[];
  ResponseTimeRootCauses: RootCause[];
  /** Set by the store, which counts a trace's changes. */
  Revision?: number;
}

export interface SummaryHttp {
  HttpURL?: string;
  HttpStatus?: number;
  HttpMethod?: string;
  UserAgent?: string;
  ClientIp?: string;
}

export interface ServiceId {
  Name: string;
  Names: string[];
  AccountId?: string;
  Type?: string;
}

export interface ValueWithServiceIds {
  AnnotationValue: { StringValue?: string; NumberValue?: number; BooleanValue?: boolean };
  ServiceIds: ServiceId[];
}

/** FaultRootCause, ErrorRootCause and ResponseTimeRootCause in one: they differ only within an entity. */
export interface RootCause {
  /** From the entry point to where the cause is. */
  Services: RootCauseService[];
  /** Whether the trouble reached the caller of the entry point. */
  ClientImpacting: boolean;
}

export interface RootCauseService extends ServiceId {
  EntityPath: RootCauseEntity[];
  Inferred: boolean;
}

export interface RootCauseEntity {
  Name: string;
  /** Whether the entity is a call to something else. */
  Remote: boolean;
  /** Fault and error root causes only. */
  Exceptions?: { Name?: string; Message?: string }[];
  /** Response time root causes only: the entity's time as a share of the entry point's, from 0 to 1. */
  Coverage?: number;
}
