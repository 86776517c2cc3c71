import { Failure } from '../failure.mjs';

const SERVICES = ['standalone', 'gateway', 'chat-worker', 'document-worker', 'notification-worker'];

/**
 * The service that a command is about.
 * @param {string} command
 * @param {{service?: string}} options
 * @throws {Failure} for one that there is not
 */
export function serviceOf(command, { service = 'standalone' }) {
  if (!SERVICES.includes(service))
    throw new Failure(`slipstream ${command} --service must be one of ${SERVICES.join(', ')}.`);
  return service;
}
