import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { interval, map, merge, type Observable, startWith, Subject, takeUntil } from 'rxjs';
import { TraceStore } from '../store/trace-store';
import { StatusService } from './status.service';

export interface ConsoleEvent {
  type: 'traces' | 'status';
  data: object;
}

/** The events of `GET /console/events`. Rows are read only while somebody listens. */
@Injectable()
export class ConsoleEvents implements OnModuleDestroy {
  private readonly traces = new Subject<ConsoleEvent>();
  private readonly ended = new Subject<void>();
  private readonly stop: () => void;

  constructor(
    @Inject(TraceStore) private readonly store: TraceStore,
    private readonly status: StatusService,
  ) {
    this.stop = store.onChange((numbers) => {
      if (!this.traces.observed) return;
      this.traces.next({ type: 'traces', data: store.reader.rows(numbers) });
    });
  }

  stream(): Observable<ConsoleEvent> {
    const status = interval(1000).pipe(
      startWith(0),
      map((): ConsoleEvent => ({ type: 'status', data: this.status.status() })),
    );
    return merge(this.traces, status).pipe(takeUntil(this.ended));
  }

  onModuleDestroy(): void {
    this.stop();
    this.ended.next();
  }
}
