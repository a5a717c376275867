import { Catch, Logger, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { isDatabaseUnavailable } from '../../database/database.errors';
import type { Failure } from '../protocol';

/** Reports to the caller only whether a retry may help, without internal details. */
@Catch()
export class RpcErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  catch(exception: unknown): Observable<never> {
    const unavailable = isDatabaseUnavailable(exception);
    if (!unavailable) this.logger.error(exception);
    const failure: Failure = unavailable
      ? { unavailable, message: 'its database cannot be reached' }
      : { unavailable, message: 'something went wrong in it' };
    return throwError(() => failure);
  }
}
