/** What counts as usable: Open WebUI's input is there and visible. */
const IS_USABLE = `new Promise((resolve) => {
  const look = () => {
    const input = document.querySelector('#chat-input');
    if (input && input.getClientRects().length > 0) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})`;

const QUIET_MS = 1500;

/**
 * One visit of a page.
 * @typedef {object} Visit
 * @property {number} usableMs from the navigation until the input was visible
 * @property {number} bytes of all answers until the network was quiet, heads included
 * @property {{url: string, type: string, status: number, coding: string, bytes: number, startMs: number,
 * endMs: number}[]} requests those that used the network
 */

/**
 * @param {import('../../e2e/src/chromium.mjs').Browser} browser
 * @param {{token: string}} options `token` signs the user in
 */
export async function openTab(browser, { token }) {
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, params) => browser.send(method, params, sessionId);
  await send('Page.enable');
  await send('Network.enable');
  await send('Page.addScriptToEvaluateOnNewDocument', { source: `localStorage.token = ${JSON.stringify(token)}` });
  const requests = new Map();
  let lastAt = 0;
  browser.onEvent(({ method, params, sessionId: from }) => {
    if (from !== sessionId || !method.startsWith('Network.')) return;
    record(requests, method, params);
    lastAt = performance.now();
  });
  return {
    send,
    /** @param {string} url @returns {Promise<Visit>} */
    async visit(url) {
      requests.clear();
      await send('Page.navigate', { url });
      const { result } = await send('Runtime.evaluate', { expression: IS_USABLE, awaitPromise: true });
      while (performance.now() - lastAt < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 100));
      const done = finished(requests);
      return { usableMs: result.value, bytes: done.reduce((sum, { bytes }) => sum + bytes, 0), requests: done };
    },
    /** Those of the last visit, and of the time since. */
    requests: () => finished(requests),
  };
}

/** Requests that used the network, on the clock of the first. */
function finished(requests) {
  const done = [...requests.values()].filter(({ isCached, endMs }) => !isCached && endMs !== undefined);
  const start = Math.min(...done.map(({ startMs }) => startMs));
  return done.map((each) => ({ ...each, startMs: each.startMs - start, endMs: each.endMs - start }));
}

function record(requests, method, params) {
  const known = requests.get(params.requestId);
  if (method === 'Network.requestWillBeSent' && params.request.url.startsWith('http'))
    requests.set(params.requestId, {
      url: params.request.url,
      type: params.type,
      bytes: 0,
      startMs: params.timestamp * 1000,
    });
  if (!known) return;
  if (method === 'Network.requestServedFromCache') known.isCached = true;
  if (method === 'Network.responseReceived') {
    const { status, headers, fromDiskCache } = params.response;
    const field = (name) => Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1] ?? '';
    Object.assign(known, { status, coding: field('content-encoding'), cacheStatus: field('cache-status') });
    known.isCached ||= fromDiskCache === true;
  }
  if (method === 'Network.loadingFinished')
    Object.assign(known, { bytes: params.encodedDataLength, endMs: params.timestamp * 1000 });
}
