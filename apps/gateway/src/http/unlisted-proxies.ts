import type { Logger } from '@slipstream/telemetry';

/** Largest number of peers that are logged: any client can send the field. */
const MAX_WARNINGS = 10;

/** @returns to be called for a peer that sends X-Forwarded-For and is not trusted; logs one warning for each peer */
export function unlistedProxies(logger: Pick<Logger, 'warn'>): (address: string) => void {
  const warned = new Set<string>();
  return (address) => {
    if (warned.size >= MAX_WARNINGS || warned.has(address)) return;
    warned.add(address);
    logger.warn(
      { peer: address },
      `${address} sends X-Forwarded-For and is no trusted peer, so the field is ignored and all its clients count ` +
        'as one. If it is a proxy of yours, add it to TRUSTED_PEERS (listen.trustedPeers)',
    );
  };
}
