/** A line that came by itself, not in a document: a log record of OpenTelemetry. */
export interface SentLogLine {
  /** Epoch seconds. */
  time: number;
  level: string;
  /** As its logger names the level. */
  severity?: string;
  message: string;
  attributes: Record<string, unknown>;
  /** Id of the node that was active; absent when that is not known. */
  segmentId?: string;
  service: string;
}
