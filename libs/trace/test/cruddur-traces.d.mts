import type { SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';

/** One trace: its id and the segment documents that make it. */
export interface WrittenTrace {
  traceId: string;
  segments: SegmentDocument[];
}

export declare function randomFrom(seed: number): () => number;

export declare class TraceWriter {
  constructor(start: number, random?: () => number);
  traceId: string;
  start: number;
  stretch: number;
  hex(digits: number): string;
  at(ms: number): number;
  sub(
    name: string,
    from: number,
    until: number | undefined,
    more?: Partial<SubsegmentDocument>,
    children?: SubsegmentDocument[],
  ): SubsegmentDocument;
  segment(
    name: string,
    from: number,
    until: number | undefined,
    more?: Partial<SegmentDocument>,
    children?: SubsegmentDocument[],
  ): SegmentDocument;
  query(statement: string, from: number, until: number): SubsegmentDocument;
  http(
    host: string,
    method: string,
    path: string,
    status: number,
    from: number,
    until: number,
    more?: Partial<SubsegmentDocument>,
  ): SubsegmentDocument;
}

export declare function faultyPost(start: number, options?: { ended?: boolean }): WrittenTrace;
export declare function goodPost(start: number, user?: string, stretch?: number): WrittenTrace;
export declare function home(start: number, ms?: number, user?: string): WrittenTrace;
export declare function userActivities(
  start: number,
  handle?: string,
  ms?: number,
  user?: string,
): WrittenTrace;
export declare function throttledPost(start: number, user?: string): WrittenTrace;
export declare function like(start: number, user?: string, ms?: number): WrittenTrace;
export declare function traffic(
  amount: number,
  end: number,
  options?: { seconds?: number; seed?: number },
): WrittenTrace[];
export declare function largeTrace(start: number, amount?: number): WrittenTrace;
