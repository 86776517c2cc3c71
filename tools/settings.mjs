import { heapOptions } from './node-options.mjs';

/**
 * What the configuration file and the environment set; undefined when one of them is wrong: the app will say so, and
 * not start.
 * @param {{env: NodeJS.ProcessEnv, cwd: string}} where
 */
export async function settingsOf({ env, cwd }) {
  // here, because it is there only once everything is installed and built
  const { givenSettings, loadConfig } = await import('@slipstream/config');
  try {
    await loadConfig({ service: 'standalone', env, cwd });
    return await givenSettings({ env, cwd });
  } catch {
    return undefined;
  }
}

/**
 * Options of Node that bound the heap by `memory.maxBytes`; none if the configuration is wrong.
 * @param {{env: NodeJS.ProcessEnv, cwd: string}} where
 * @returns {Promise<string[]>}
 */
export async function heapOptionsOf({ env, cwd }) {
  const { loadConfig, memoryShares } = await import('@slipstream/config');
  try {
    return heapOptions(memoryShares(await loadConfig({ service: 'standalone', env, cwd })).heapBytes);
  } catch {
    return [];
  }
}
