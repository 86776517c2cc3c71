import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';

const VIEW = { width: 1280, height: 800, deviceScaleFactor: 1, mobile: false };
/** Two equal pictures with this time between them: nothing moves any more. */
const STILL_MS = 1_500;
const STILL_WITHIN_MS = 60_000;
/** Open WebUI has removed its splash screen. */
const IS_SHOWN = `document.readyState === 'complete' && location.protocol !== 'about:' &&
  document.querySelector('#splash-screen') === null && document.body.innerText.trim() !== ''`;
/** The page of Open WebUI shuffles its suggestions, and the caret of a field blinks. */
const WITHOUT_CHANCE = `
  Math.random = () => 0.5;
  addEventListener('DOMContentLoaded', () => {
    const style = document.createElement('style');
    style.textContent = '* { caret-color: transparent !important }';
    document.head.append(style);
  });
`;

/**
 * Opens a tab for pictures: no animations, no random choices.
 * @param {import('../../e2e/src/chromium.mjs').Browser} browser
 * @param {{token?: string}} options `token` signs the user in
 */
export async function openCamera(browser, { token }) {
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, params) => browser.send(method, params, sessionId);
  await send('Page.enable');
  await send('Emulation.setDeviceMetricsOverride', VIEW);
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value: 'reduce' }] });
  const signIn = token === undefined ? '' : `localStorage.token = ${JSON.stringify(token)};`;
  await send('Page.addScriptToEvaluateOnNewDocument', { source: WITHOUT_CHANCE + signIn });
  return {
    /** @param {string} url @returns {Promise<Picture>} once nothing moves any more */
    async take(url) {
      await send('Page.navigate', { url });
      let before;
      for (const until = performance.now() + STILL_WITHIN_MS; performance.now() < until;) {
        await delay(STILL_MS);
        const now = await pictureOf(send);
        if (now && before?.pixels.equals(now.pixels)) return now;
        before = now;
      }
      throw new Error(`${url} did not become still`);
    },
  };
}

/**
 * A picture of a page; undefined until it is shown.
 * @typedef {object} Picture
 * @property {Buffer} png
 * @property {Buffer} pixels three bytes for each
 */
async function pictureOf(send) {
  const { result } = await send('Runtime.evaluate', { expression: IS_SHOWN });
  if (result?.value !== true) return undefined;
  const { data } = await send('Page.captureScreenshot', { format: 'png' }).catch(() => ({})); // it is not shown yet
  if (data === undefined) return undefined;
  const png = Buffer.from(data, 'base64');
  const pixels = await sharp(png).removeAlpha().raw().toBuffer();
  return { png, pixels };
}

/**
 * Compares two pictures.
 * @returns {{pixels: number, most: number}} pixels that differ, and the largest difference of a colour, of 255
 */
export function difference(a, b) {
  let pixels = 0;
  let most = 0;
  for (let i = 0; i < a.pixels.length; i += 3) {
    const largest = Math.max(...[0, 1, 2].map((colour) => Math.abs(a.pixels[i + colour] - b.pixels[i + colour])));
    if (largest > 0) pixels += 1;
    most = Math.max(most, largest);
  }
  return { pixels, most };
}
