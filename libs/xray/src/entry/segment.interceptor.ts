import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { exchangeOf } from './http-exchange';

/**
 * Names the segment of a request after its controller and handler, by Nest's public interface.
 * Without it (`interceptor: false`) the route that took the request tells the same.
 */
@Injectable()
export class SegmentInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const exchange = context.getType() === 'http' && exchangeOf(context.getArgByIndex(1));
    if (exchange) {
      exchange.controller = context.getClass().name;
      exchange.handler = context.getHandler().name;
    }
    return next.handle();
  }
}
