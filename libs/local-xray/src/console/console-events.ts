import { writeJson } from '@nestjs-xray/document';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { interval, map, merge, type Observable, startWith, Subject, takeUntil } from 'rxjs';
import { TraceStore } from '../engine/trace-store';
import { StatusService } from './status.service';

export interface ConsoleEvent {
  type: 'traces' | 'status';
  data: object | string;
}

/** Rows told at once; of more changes, the latest. */
const MAX_ROWS = 1000;

/** The events of `GET /console/events`. Rows are read only while somebody listens. */
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

  /** One read at a time: what changes meanwhile is told with the next. */
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
      // The reader ended and is restarted: the rows come with their next change.
    } finally {
      this.reading = false;
    }
  }

  onModuleDestroy(): void {
    this.stop();
    this.ended.next();
  }
}
