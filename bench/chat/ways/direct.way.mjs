import { eventsOf, send } from '../../harness/http.mjs';

/**
 * One way to an answer.
 * @typedef {object} Way
 * @property {string} name
 * @property {string[]} managementUrls of the services on the way
 * @property {(count: number) => Promise<void>} prepare makes what so many questions need, outside of what is measured
 * @property {() => Promise<Times>} ask asks once and reads the answer to its end
 *
 * @typedef {object} Times from the sending of the question, in ms
 * @property {number} firstTokenMs
 * @property {number} [acceptedMs] until the 202 was there
 */

/**
 * The model server itself, streaming.
 * @param {string} modelUrl its OpenAI base URL
 * @returns {Way}
 */
export function directWay(modelUrl) {
  const body = { model: 'bench', stream: true, messages: [{ role: 'user', content: 'What is added on the way?' }] };
  return {
    name: 'model server, direct',
    managementUrls: [],
    prepare: async () => {},
    async ask() {
      const sentAt = performance.now();
      let firstTokenMs;
      for await (const { data } of eventsOf(await send('POST', `${modelUrl}/chat/completions`, body))) {
        if (firstTokenMs === undefined && JSON.parse(data).choices[0].delta.content)
          firstTokenMs = performance.now() - sentAt;
      }
      if (firstTokenMs === undefined) throw new Error('The model server answered without a token.');
      return { firstTokenMs };
    },
  };
}
