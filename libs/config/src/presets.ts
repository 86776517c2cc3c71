/** Settings of section `web` that suit a known application; what a user sets goes before. */
export const PRESETS = {
  /**
   * Open WebUI. Its `/health` is constant, so its WebSocket is tried too: a pod can be deaf there while `/health` is green
   * (open-webui/open-webui#25975). Only Socket.IO sticks, which needs it while it polls. A completion that doesn't stream, or a document
   * that is being embedded, may take minutes to its headers.
   */
  'open-webui': {
    health: { path: '/health', webSocketPath: '/ws/socket.io/?EIO=4&transport=websocket' },
    stickiness: { type: 'cookie', paths: ['/ws/socket.io'] },
    headersTimeoutMs: 600_000,
    idleTimeoutMs: 600_000,
    maxConnections: 1000,
    queue: { maxLength: 1000, timeoutMs: 10_000 },
  },
} as const;

/** The preset of a configuration that may still be wrong; nothing when it names none, or none that there is. */
export function presetOf(settings: object): object {
  const web = (settings as { web?: { preset?: unknown } }).web;
  const name = typeof web === 'object' ? web?.preset : undefined;
  return typeof name === 'string' && Object.hasOwn(PRESETS, name) ? { web: PRESETS[name as keyof typeof PRESETS] } : {};
}
