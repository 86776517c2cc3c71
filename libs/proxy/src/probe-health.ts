import { request } from 'undici';
import type { Probe } from '@slipstream/balancer';

/** Asks a backend's health path; anything but 2xx is a no. */
export const probeHealth =
  (path: string): Probe =>
  async ({ url }, signal) => {
    const { statusCode, body } = await request(new URL(path, url), { signal, headers: { 'user-agent': 'slipstream-health' } });
    await body.dump();
    if (statusCode < 200 || statusCode > 299) throw new Error(`${path} answers ${statusCode}`);
  };
