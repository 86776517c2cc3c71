/**
 * Whether the configuration file names a MongoDB, so that none is to be found or started. A file that can't be read names none: the app
 * says what is wrong with it.
 * @param {{env: NodeJS.ProcessEnv, cwd: string}} where
 */
export async function isMongodbInFile({ env, cwd }) {
  const { readConfigFile } = await import('@slipstream/config'); // here, because it is there only once everything is installed and built
  const { mongodb } = await readConfigFile(env.SLIPSTREAM_CONFIG || undefined, cwd).catch(() => ({}));
  return Boolean(mongodb?.uri);
}
