import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrowser } from '@slipstream/e2e/chromium';

/** An answer, as the browser received it. */
export interface Received {
  readonly url: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A tab of a Chromium with a profile of its own. */
export interface Tab {
  /** Resolves when the page is loaded. */
  visit(url: string): Promise<void>;
  evaluate(expression: string): Promise<unknown>;
  /** The first answer of which this is true, past or future. */
  received(isWanted: (answer: Received) => boolean): Promise<Received>;
  close(): Promise<void>;
}

/** @param path of Chromium */
export async function openTab(path: string): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), 'slipstream-chromium-'));
  const browser = await startBrowser({ path, profile });
  const received: Received[] = [];
  browser.onEvent(({ method, params }) => {
    if (method === 'Network.responseReceived') received.push(withLowerCase(params.response));
  });
  const next = eventsOf(browser);
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  await browser.send('Page.enable', {}, sessionId);
  await browser.send('Network.enable', {}, sessionId);
  return {
    async visit(url) {
      const loaded = next('Page.loadEventFired');
      await browser.send('Page.navigate', { url }, sessionId);
      await loaded;
    },
    async evaluate(expression) {
      const { result } = await browser.send('Runtime.evaluate', { expression, awaitPromise: true }, sessionId);
      return result.value;
    },
    async received(isWanted) {
      for (let found = received.find(isWanted); ; found = received.find(isWanted)) {
        if (found) return found;
        await next('Network.responseReceived');
      }
    },
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** @returns a function that resolves at the next event of a name */
function eventsOf({ onEvent }: Awaited<ReturnType<typeof startBrowser>>): (method: string) => Promise<void> {
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  onEvent(({ method }) => {
    waiting.get(method)?.resolve();
    waiting.delete(method);
  });
  return (method) => {
    const known = waiting.get(method) ?? Promise.withResolvers<void>();
    waiting.set(method, known);
    return known.promise;
  };
}

function withLowerCase({ url, status, headers }: Received): Received {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { url, status, headers: Object.fromEntries(named) as Record<string, string> };
}
