import { createServer } from 'node:net';

/** @param {unknown} value */
export const isPort = (value) => Number.isInteger(value) && value > 0 && value < 65_536;

/**
 * A loopback TCP port that is free now.
 * @param {number} [preferred] taken when it is free, so that a service keeps its address between starts
 * @returns {Promise<number>}
 */
export async function freePort(preferred = 0) {
  try {
    return await bindOnce(preferred);
  } catch (error) {
    if (preferred === 0) throw error;
    return bindOnce(0);
  }
}

function bindOnce(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const bound = server.address().port;
      server.close(() => resolve(bound));
    });
  });
}
