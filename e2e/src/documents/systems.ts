import { startStandalone, startSystem, storesEnv, type System } from '../system.js';

/** Gateway and chat-worker search by the document-worker, whose port is known once it is up. */
async function startProcesses(more: NodeJS.ProcessEnv = {}): Promise<System> {
  const env = { ...storesEnv(), ...more };
  const documents = await startSystem(['document-worker'], env);
  try {
    const searching = { ...env, DOCUMENTS_SEARCH_URL: documents.all[0]!.managementUrl };
    const rest = await startSystem(['gateway', 'chat-worker', 'notification-worker'], searching);
    return {
      all: [...rest.all, ...documents.all],
      gateways: rest.gateways,
      stop: async () => void (await Promise.all([rest.stop(), documents.stop()])),
    };
  } catch (error) {
    await documents.stop();
    throw error;
  }
}

/** Every composition of the services that has documents. */
export const SYSTEMS: [string, (env?: NodeJS.ProcessEnv) => Promise<System>][] = [
  ['standalone', startStandalone],
  ['four processes', startProcesses],
];
