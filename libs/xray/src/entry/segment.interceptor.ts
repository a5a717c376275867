import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { Recorder } from '../core/recorder';
import { runBeforeChain } from '../instrumentation/nest/interceptors';
import { activeExchange } from './exchange';

/**
 * Names the segment of a request after its controller and handler, through Nest's public interface.
 * Without it (`interceptor: false`) the matched route provides the same.
 */
@Injectable()
export class SegmentInterceptor implements NestInterceptor {
  constructor(recorder: Recorder) {
    runBeforeChain(SegmentInterceptor, nameExchange, recorder.warn);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() === 'http') {
      nameExchange(context.getArgByIndex(1), context.getClass(), context.getHandler());
    }
    return next.handle();
  }
}

function nameExchange(response: unknown, controller: { name: string }, handler: { name: string }) {
  const exchange = activeExchange(response);
  if (exchange === undefined) return;
  exchange.controller = controller.name;
  exchange.handler = handler.name;
}
