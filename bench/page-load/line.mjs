/** Chromium's emulation: latency of each request, and the rate of all together. */
export const LINE = { latencyMs: 100, bitsPerSecond: 8_000_000 };
