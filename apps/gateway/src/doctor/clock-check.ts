import { ok, warning, type Finding } from './finding.js';

const MAX_SKEW_MS = 2_000;

/** Compares the clock of a server with this machine's. */
export function clockFinding(server: string, serverMs: number, nowMs: number): Finding {
  const check = `clock.${server}`;
  const skewMs = Math.abs(serverMs - nowMs);
  return skewMs > MAX_SKEW_MS
    ? warning(
        check,
        `the clock of ${server} differs from this machine's by ${Math.round(skewMs / 1000)} s`,
        'synchronize the clocks of all machines (chrony, NTP): certificates, tokens and logs use them',
      )
    : ok(check, 'agrees with this machine');
}
