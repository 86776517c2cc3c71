import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '@slipstream/e2e/process';

/** The real process, before backends that a suite runs. */
export interface GatewayProcess {
  url: string;
  managementUrl: string;
  stop(): Promise<void>;
}

/** Stores are not what is tested here: they are away, and the web pool needs none of them. */
const STORES_AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};

/**
 * @param backends their URLs
 * @param web further settings of the section `web`
 * @param env further environment variables
 */
export async function startGateway(
  backends: readonly string[],
  web: Record<string, unknown> = {},
  env: NodeJS.ProcessEnv = {},
): Promise<GatewayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-conformance-'));
  const file = join(folder, 'slipstream.yaml');
  await writeFile(file, JSON.stringify({ web: { overlayFile: join(folder, 'backends.json'), ...web } }));
  const gateway = await startService('gateway', {
    ...STORES_AWAY,
    SLIPSTREAM_CONFIG: file,
    WEB_BACKENDS: backends.join(),
    ...env,
  });
  return {
    url: gateway.url,
    managementUrl: gateway.managementUrl,
    async stop() {
      await gateway.stop();
      await rm(folder, { recursive: true });
    },
  };
}
