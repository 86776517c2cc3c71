import { isIP, type LookupFunction } from 'node:net';
import { nameResolver } from '@slipstream/http';
import { buildConnector } from 'undici';
import { DeliveryError } from '../delivery-error.js';
import type { AddressPolicy } from './address-policy.js';

/**
 * Connects to allowed addresses only. The resolved address is checked where the socket uses it, and the socket's peer
 * is checked again after connecting, so that a name with changing answers (DNS rebinding) gains nothing.
 * @param lookup of names. Default: with a deadline, on no thread
 */
export function guardedConnector(
  policy: AddressPolicy,
  timeoutMs: number,
  lookup: LookupFunction = nameResolver.lookup,
): buildConnector.connector {
  // A DNS server may return both families, of which only one is private: the socket would choose among all of them.
  const connect = buildConnector({
    timeout: timeoutMs,
    lookup: guardedLookup(policy, lookup),
    allowH2: false,
    maxCachedSessions: 0,
  });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !policy.allows(host)) return callback(refused(), null);
    connect(options, (error, socket) => {
      if (error) return callback(error, null);
      if (policy.allows(socket.remoteAddress ?? '')) return callback(null, socket);
      socket.destroy();
      callback(refused(), null);
    });
  };
}

function guardedLookup(policy: AddressPolicy, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = Array.isArray(found) ? found : [{ address: found, family: isIP(found) }];
      if (addresses.length === 0 || !addresses.every(({ address }) => policy.allows(address)))
        return callback(refused(), '', 0);
      if (options.all) return callback(null, addresses);
      callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

const refused = (): DeliveryError =>
  new DeliveryError(
    'webhook_address_refused',
    'The webhook resolves to a private or special address; the operator can allow it in ' +
      'notifications.webhook.allowedAddresses.',
  );
