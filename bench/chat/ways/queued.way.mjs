import { eventsOf, postJson, send } from '../../harness/http.mjs';

const PREPARED_AT_A_TIME = 8;

/**
 * A message that is accepted with 202, and whose answer is read as events, from where the 202 says, as soon as it is
 * there.
 * @param {{name: string, url: string, managementUrls?: string[], createTarget: () => Promise<string>}} options
 *   `createTarget` makes what one message is posted to, and returns its path
 * @returns {import('./direct.way.mjs').Way}
 */
export function queuedWay({ name, url, managementUrls = [], createTarget }) {
  const targets = [];
  return {
    name,
    managementUrls,
    async prepare(count) {
      const addTargets = async () => {
        for (let missing = count / PREPARED_AT_A_TIME; missing > 0; missing--) targets.push(await createTarget());
      };
      await Promise.all(Array.from({ length: PREPARED_AT_A_TIME }, addTargets));
    },
    async ask() {
      const target = targets.pop();
      const sentAt = performance.now();
      const { eventsUrl } = await postJson(url + target, { content: 'What is added on the way?' });
      const acceptedMs = performance.now() - sentAt;
      const firstTokenAt = await readToEnd(await send('GET', new URL(eventsUrl, url).href));
      return { acceptedMs, firstTokenMs: firstTokenAt - sentAt };
    },
  };
}

/** @returns when the first token was there */
async function readToEnd(response) {
  let firstTokenAt;
  let last;
  for await (const { event } of eventsOf(response)) {
    if (event === 'message-delta') firstTokenAt ??= performance.now();
    last = event;
  }
  if (last !== 'message-completed' || firstTokenAt === undefined) throw new Error(`The events ended with ${last}.`);
  return firstTokenAt;
}
