/**
 * The parts of the X-Ray API's responses that are derived from one trace, with the API's spelling, so
 * that they can be returned unchanged.
 * https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html
 */
export interface TraceSummary {
  Id: string;
  /** Epoch seconds. */
  StartTime: number;
  /** Seconds from the start of the root to the latest end. */
  Duration: number;
  /** Seconds that the root segment took. Absent until it has ended. */
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

/** FaultRootCause, ErrorRootCause and ResponseTimeRootCause, which differ only in their entities. */
export interface RootCause {
  /** The path from the entry point to the cause. */
  Services: RootCauseService[];
  /** Whether the fault or error reached the caller of the entry point. */
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
