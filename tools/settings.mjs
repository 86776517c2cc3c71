/**
 * What the configuration file says; undefined when it, or the environment, is wrong: the app will say so, and not
 * start.
 * @param {{env: NodeJS.ProcessEnv, cwd: string}} where
 */
export async function settingsOf({ env, cwd }) {
  // here, because it is there only once everything is installed and built
  const { loadConfig, readConfigFile } = await import('@slipstream/config');
  try {
    await loadConfig({ service: 'standalone', env, cwd });
    return await readConfigFile(env.SLIPSTREAM_CONFIG || undefined, cwd);
  } catch {
    return undefined;
  }
}
