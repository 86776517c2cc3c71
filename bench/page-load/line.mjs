import net from 'node:net';

/** Time of a round trip, and the rate from server to browser of all connections together. */
export const LINE = { latencyMs: 100, bitsPerSecond: 8_000_000 };

const TICK_MS = 4;
/** What a connection may have waiting for the line, so that the others get their share. */
const MAX_WAITING_BYTES = 64 * 1024;
const PACKET_BYTES = 1460;

/**
 * A slow line in front of a server: a relay of TCP connections. A connection takes a round trip to be made, and all of
 * them share the rate packet by packet. It has no slow start and no loss.
 *
 * Chromium can emulate a line by itself, but then it stalls for a minute now and then, with all data received.
 * @param {string} url of the server
 * @param {typeof LINE} line
 * @returns {Promise<{url: string, stop: () => Promise<void>}>} `url` has the host `localhost`
 */
export async function startLine(url, { latencyMs, bitsPerSecond }) {
  const { protocol, hostname, port } = new URL(url);
  const lanes = new Set();
  const sockets = new Set();
  const server = net.createServer({ noDelay: true }, (browser) => {
    const upstream = net.connect({ host: hostname, port: Number(port), noDelay: true });
    for (const socket of [browser, upstream]) sockets.add(socket.once('close', () => sockets.delete(socket)));
    const lane = new Lane(upstream, browser, latencyMs / 2);
    lanes.add(lane);
    browser.once('close', () => lanes.delete(lane));
    delayed(browser, upstream, latencyMs / 2, latencyMs);
  });
  const stopRate = shareRate(lanes, bitsPerSecond / 8 / 1000);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${protocol}//localhost:${server.address().port}`,
    stop: async () => {
      stopRate();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes what a browser sends, later; the first piece also waits until the connection is made. */
function delayed(from, to, delayMs, connectMs) {
  const start = performance.now() + connectMs;
  const later = (pass) => setTimeout(pass, Math.max(0, start - performance.now()) + delayMs);
  from.on('data', (chunk) => later(() => to.destroyed || to.write(chunk)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
  to.on('error', () => from.destroy());
}

/** What a server sends on one connection, waiting for the line. */
class Lane {
  #chunks = [];
  #waitingBytes = 0;
  #hasEnded = false;

  constructor(from, to, delayMs) {
    this.from = from;
    this.to = to;
    this.delayMs = delayMs;
    from.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#waitingBytes += chunk.length;
      if (this.#waitingBytes >= MAX_WAITING_BYTES) from.pause();
    });
    from.on('end', () => {
      this.#hasEnded = true;
      this.#endOnceEmpty();
    });
  }

  get isEmpty() {
    return this.#waitingBytes === 0;
  }

  /** @returns {number} bytes that were sent, at most a packet */
  sendPacket() {
    const [first] = this.#chunks;
    const packet = first.subarray(0, PACKET_BYTES);
    if (packet.length === first.length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(PACKET_BYTES);
    this.#waitingBytes -= packet.length;
    setTimeout(() => this.to.destroyed || this.to.write(packet), this.delayMs);
    if (this.#waitingBytes < MAX_WAITING_BYTES / 2) this.from.resume();
    this.#endOnceEmpty();
    return packet.length;
  }

  #endOnceEmpty() {
    if (this.#hasEnded && this.isEmpty) setTimeout(() => this.to.end(), this.delayMs);
  }
}

/** Sends packets of all lanes in turn, as many as the rate allows. */
function shareRate(lanes, bytesPerMs) {
  let credit = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    credit = Math.min(credit + (nowMs - lastMs) * bytesPerMs, 10 * TICK_MS * bytesPerMs);
    lastMs = nowMs;
    for (let busy = waiting(lanes); credit > 0 && busy.length > 0; busy = waiting(lanes))
      for (const lane of busy) credit -= lane.sendPacket();
  }, TICK_MS);
  return () => clearInterval(timer);
}

const waiting = (lanes) => [...lanes].filter((lane) => !lane.isEmpty);
