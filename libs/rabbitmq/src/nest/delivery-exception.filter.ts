import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * Hands what a handler threw to the QueueConsumer as it is. Nest's own filter would log it and put a plain
 * "Internal server error" in its place, and with it goes what decides between a retry and a dead letter.
 */
@Catch()
export class DeliveryExceptionFilter implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}
