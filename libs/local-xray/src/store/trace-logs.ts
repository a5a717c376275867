import { readJson, writeJson } from '@nestjs-xray/document';
import type { Trace, TraceLogLine } from '../console-api';
import type { Driver, SqlValue, Statement } from './driver';
import { MultiInsert } from './multi-insert';

/** How many log lines one trace keeps. Further lines are counted. */
export const MAX_LINES = 2000;
const MAX_CHARACTERS = 4_000_000;

interface Kept {
  lines: number;
  characters: number;
  dropped: number;
}

/** The result of writing log lines. */
export interface WrittenLogs {
  kept: number;
  /** Lines beyond the limit of their trace. */
  dropped: number;
  /** Numbers of the stored traces that have new lines. */
  traces: number[];
}

/** Writes log lines under the id of their trace, which may arrive later or never. */
export class LogWriter {
  private readonly insert: MultiInsert;
  private readonly find: Statement;
  private readonly save: Statement;
  private readonly traceNumber: Statement;
  private readonly deleteLines: Statement;
  private readonly deleteTrace: Statement;
  private readonly strays: Statement;

  constructor(private readonly driver: Driver) {
    this.insert = new MultiInsert(driver, 'INSERT INTO logs (trace, time, body)', 3);
    this.find = driver.prepare('SELECT lines, characters, dropped FROM log_traces WHERE trace = ?');
    this.save = driver.prepare(
      'INSERT INTO log_traces (trace, came, lines, characters, dropped) VALUES (?, ?, ?, ?, ?) ON CONFLICT (trace) ' +
        'DO UPDATE SET lines = excluded.lines, characters = excluded.characters, dropped = excluded.dropped',
    );
    this.traceNumber = driver.prepare('SELECT n FROM traces WHERE id = ?');
    this.deleteLines = driver.prepare('DELETE FROM logs WHERE trace = ?');
    this.deleteTrace = driver.prepare('DELETE FROM log_traces WHERE trace = ?');
    this.strays = driver.prepare(
      'SELECT trace FROM log_traces WHERE came < ? AND NOT EXISTS (SELECT 1 FROM traces WHERE id = trace) ORDER BY came LIMIT ?',
    );
  }

  /** Writes lines durably. */
  write(lines: TraceLogLine[]): WrittenLogs {
    const now = Date.now() / 1000;
    const written: WrittenLogs = { kept: 0, dropped: 0, traces: [] };
    const values: SqlValue[] = [];
    this.driver.transaction(() => {
      for (const [trace, of] of byTrace(lines)) {
        const kept = this.find.get<Kept>([trace]) ?? { lines: 0, characters: 0, dropped: 0 };
        for (const line of of) {
          const body = writeJson(line);
          if (kept.lines >= MAX_LINES || kept.characters + body.length > MAX_CHARACTERS) {
            kept.dropped++;
            written.dropped++;
            continue;
          }
          kept.lines++;
          kept.characters += body.length;
          written.kept++;
          values.push(trace, line.time, body);
        }
        this.save.run([trace, now, kept.lines, kept.characters, kept.dropped]);
        const known = this.traceNumber.get<{ n: number }>([trace]);
        if (known) written.traces.push(known.n);
      }
      this.insert.run(values);
    });
    return written;
  }

  /** Ids of traces that have only logs, whose first line arrived before `time` (epoch seconds). */
  straysBefore(time: number, limit: number): string[] {
    return this.strays.all<{ trace: string }>([time, limit]).map(({ trace }) => trace);
  }

  /** Call this within a transaction. */
  delete(traces: string[]): void {
    for (const trace of traces) {
      this.deleteLines.run([trace]);
      this.deleteTrace.run([trace]);
    }
  }
}

function byTrace(lines: TraceLogLine[]): Map<string, TraceLogLine[]> {
  const traces = new Map<string, TraceLogLine[]>();
  for (const line of lines) {
    const id = line.traceId.toLowerCase();
    const known = traces.get(id);
    if (known) known.push(line);
    else traces.set(id, [line]);
  }
  return traces;
}

/** Reads log lines. */
export class StoredLogs {
  private readonly lines: Statement;
  private readonly dropped: Statement;

  constructor(driver: Driver) {
    this.lines = driver.prepare('SELECT body FROM logs WHERE trace = ? ORDER BY time, n');
    this.dropped = driver.prepare('SELECT dropped FROM log_traces WHERE trace = ?');
  }

  /** The log fields of a trace for the console. Empty if the trace has no logs. */
  of(id: string): Pick<Trace, 'logs' | 'logsDropped'> {
    const found = this.dropped.get<{ dropped: number }>([id]);
    if (!found) return {};
    const logs = this.lines
      .all<{ body: string }>([id])
      .map(({ body }) => readJson(body) as TraceLogLine);
    return { logs, ...(found.dropped > 0 && { logsDropped: found.dropped }) };
  }
}
