import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly, tail } from '../run.mjs';
import { writeInstance } from './instance-record.mjs';
import { choosePorts, untilReady } from './instance.mjs';
import { Unavailable } from './unavailable.mjs';

const ENGINE_ANSWERS_WITHIN_MS = 5_000;
const NAME = 'docker';

/**
 * A container of a public image, its port published on loopback only, its data in the service's folder.
 * @param {object} options
 * @param {string} options.image
 * @param {number} options.port the port inside the container
 * @param {string} options.dataPath the data folder inside the container
 * @param {string[]} [options.command] what follows the image's name
 * @param {(port: number) => Promise<unknown>} options.ready rejects until the service answers on the published port
 * @param {(port: number) => string} options.toUrl
 * @returns {import('./discovery.mjs').Candidate<string>}
 */
export function dockerContainer({ image, port, dataPath, command = [], ready, toUrl }) {
  return {
    name: NAME,
    wayOut: `start a Docker engine that can run ${image}`,
    find: engineVersion,
    async start(_engine, { dataDir }) {
      const container = containerName(dataDir);
      const stop = () => removeContainer(container);
      await stop();
      const [published] = await choosePorts(dataDir, 1);
      const home = join(dataDir, NAME);
      mkdirSync(home, { recursive: true });
      const run = [
        'run',
        '--detach',
        '--name',
        container,
        '--publish',
        `127.0.0.1:${published}:${port}`,
        '--volume',
        `${home}:${dataPath}`,
      ];
      const { code, output } = await runQuietly('docker', [...run, image, ...command]);
      if (code !== 0) throw new Unavailable(`docker run ${image} failed: ${tail(output, 1)}`);
      writeInstance(dataDir, { candidate: NAME, ports: [published], processes: [] });
      await untilReady(() => ready(published), []).catch(async (error) => {
        await stop();
        throw new Unavailable(`the container of ${image} failed: ${error.message}`);
      });
      return { url: toUrl(published), how: `container ${container} of ${image}`, stop };
    },
  };
}

async function engineVersion() {
  const { code, output } = await runQuietly('docker', ['version', '--format', '{{.Server.Version}}'], {
    timeoutMs: ENGINE_ANSWERS_WITHIN_MS,
  });
  if (code !== 0) throw new Unavailable(code === 127 ? 'docker is not on PATH' : 'no Docker engine answers');
  return output.trim();
}

/** One name per data folder: a container left behind by a killed run is found again by it. */
function containerName(dataDir) {
  return `slipstream-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
}

async function removeContainer(container) {
  await runQuietly('docker', ['stop', container]);
  await runQuietly('docker', ['rm', '--force', '--volumes', container]);
}
