import type { IncomingMessage } from 'node:http';
import { framingFault } from './framing-fault.js';
import { hostFault } from './host-fault.js';
import { targetFault } from './target-fault.js';

/** Why a request must be answered with 400. */
export interface RequestFault {
  code: 'invalid_framing' | 'invalid_host' | 'invalid_target';
  /** For the client. */
  detail: string;
}

const CHECKS = [
  ['invalid_framing', framingFault],
  ['invalid_host', hostFault],
  ['invalid_target', targetFault],
] as const;

/** @returns what two servers on the way could read differently, and so be made to see two different requests; undefined when nothing */
export function requestFault(request: IncomingMessage): RequestFault | undefined {
  for (const [code, check] of CHECKS) {
    const detail = check(request);
    if (detail !== undefined) return { code, detail };
  }
  return undefined;
}
