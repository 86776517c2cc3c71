import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * Passes errors of handlers to the QueueConsumer unchanged. Nest's own filter would log them and replace them with
 * "Internal server error", which loses the choice between retry and dead letter.
 */
@Catch()
export class DeliveryExceptionFilter implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}
