import { writeJson } from '@nestjs-xray/document';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { interval, map, merge, type Observable, startWith, Subject, takeUntil } from 'rxjs';
import { TraceStore } from '../engine/trace-store';
import { StatusService } from './status.service';

export interface ConsoleEvent {
  type: 'traces' | 'status';
  data: object | string;
}

/** The maximum number of rows in one event. If more traces changed, the latest are sent. */
const MAX_ROWS = 1000;

/** The events of `GET /console/events`. Rows are read only while a client listens. */
@Injectable()
export class ConsoleEvents implements OnModuleDestroy {
  private readonly traces = new Subject<ConsoleEvent>();
  private readonly ended = new Subject<void>();
  private readonly stop: () => void;
  private readonly changed = new Set<number>();
  private reading = false;

  constructor(
    @Inject(TraceStore) private readonly store: TraceStore,
    private readonly status: StatusService,
  ) {
    this.stop = store.onChange((numbers) => {
      if (this.traces.observed) void this.read(numbers);
    });
  }

  stream(): Observable<ConsoleEvent> {
    const status = interval(1000).pipe(
      startWith(0),
      map((): ConsoleEvent => ({ type: 'status', data: this.status.status() })),
    );
    return merge(this.traces, status).pipe(takeUntil(this.ended));
  }

  /** One read at a time. Changes that occur meanwhile are sent with the next event. */
  private async read(numbers: number[]): Promise<void> {
    for (const each of numbers) this.changed.add(each);
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.changed.size > 0) {
        const next = [...this.changed].slice(-MAX_ROWS);
        this.changed.clear();
        this.traces.next({ type: 'traces', data: writeJson(await this.store.reads.rows(next)) });
      }
    } catch {
      // The reader ended and is being restarted. The rows are sent with their next change.
    } finally {
      this.reading = false;
    }
  }

  onModuleDestroy(): void {
    this.stop();
    this.ended.next();
  }
}
