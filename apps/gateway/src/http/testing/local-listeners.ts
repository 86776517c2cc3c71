import { connect } from 'node:net';
import { Listener } from '../listener.js';
import type { ListenerOptions, RequestHandler } from '../listener-options.js';

/** Listeners on free ports of 127.0.0.1 that end with the test. */
export class LocalListeners {
  private readonly listeners: Listener[] = [];

  /** @param web handles every route */
  async start(web: RequestHandler, options: Partial<ListenerOptions> = {}) {
    const observed: { route: string; status: number }[] = [];
    let inFlight = 0;
    const metrics: ListenerOptions['metrics'] = {
      observe: ({ route, status }) => void observed.push({ route, status }),
      begin: () => void (inFlight += 1),
      end: () => void (inFlight -= 1),
    };
    const logger = {
      isLevelEnabled: () => false,
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: () => {},
    };
    const listener = new Listener({
      host: '127.0.0.1',
      port: 0,
      handlers: { web, native: web, hook: web, asset: web, openai: web },
      metrics,
      logger,
      ...options,
    });
    this.listeners.push(listener);
    const url = await listener.listen();
    return { listener, url, port: Number(new URL(url).port), observed, inFlight: () => inFlight };
  }

  close(): void {
    for (const listener of this.listeners.splice(0)) listener.close();
  }
}

/** Returns all received data for these bytes until the connection ends. */
export async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  return (await socket.toArray()).join('');
}
