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
 * The options that the app would otherwise start itself again with (libs/runtime/src/processes/bound-heap.ts), which a
 * restart after each edit can do without; none if the configuration is wrong.
 * @param {{env: NodeJS.ProcessEnv, cwd: string}} where
 * @returns {Promise<string[]>}
 */
export async function heapOptionsOf({ env, cwd }) {
  const { heapOptions, heapSettings } = await import('@slipstream/config/heap');
  try {
    return heapOptions(await heapSettings({ service: 'standalone', env, cwd }));
  } catch {
    return [];
  }
}
