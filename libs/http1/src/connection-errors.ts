import { messageOf } from '@slipstream/contracts';
import { Http1Error, type Http1ErrorCode } from './http1-error.js';

/** Progress of an exchange. */
export type Stage = 'connecting' | 'waiting' | 'answering';

const CLOSED: Readonly<Record<Stage, readonly [Http1ErrorCode, what: string]>> = {
  connecting: ['http1_connect_failed', 'The connection to the origin failed'],
  waiting: ['http1_closed', 'The origin closed the connection instead of answering'],
  answering: ['http1_truncated', 'The origin closed the connection before the end of its answer'],
};

/** @param cause the socket's error, if there was one */
export function connectionClosed(stage: Stage, cause: Error | undefined): Http1Error {
  const [code, what] = CLOSED[stage];
  return new Http1Error(code, `${what}${cause ? ` (${messageOf(cause)})` : ''}; check that it is running.`, {
    cause,
  });
}

export const overdue = (stage: Stage): Http1Error =>
  stage === 'connecting'
    ? new Http1Error(
        'http1_connect_timeout',
        'The connection to the origin was not established in time; check that it is running and reachable.',
      )
    : new Http1Error('http1_headers_timeout', 'The origin did not begin to answer in time; check its load.');
