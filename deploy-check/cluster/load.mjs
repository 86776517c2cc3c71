import { startInClient } from './kubectl.mjs';

/**
 * Sends pages, model calls and chats through the gateway's Service while `change` runs.
 * @param {() => Promise<void>} change
 * @returns {Promise<string>} what was sent
 * @throws if a request failed, or a job was lost or answered twice
 */
export async function underLoad(change) {
  const load = startInClient('load.mjs');
  await load.line((line) => line === 'started');
  try {
    await change();
  } finally {
    load.end();
  }
  const { requests, jobs, failures, pods } = JSON.parse(await load.line((line) => line.startsWith('{')));
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${requests} requests failed:\n${failures.slice(0, 10).join('\n')}`);
  if (jobs === 0) throw new Error('no job was done');
  return `${requests} requests, ${jobs} jobs, ${pods} web pods answered`;
}
