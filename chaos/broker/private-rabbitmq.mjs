import { mkdtempSync, rmSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isRunning, signalGroup } from '../../tools/processes.mjs';
import { isRootOnDebian } from '../../tools/services/apt.mjs';
import { readInstance } from '../../tools/services/instance.mjs';
import { ensureRabbitmq } from '../../tools/services/rabbitmq.mjs';

const POLL_MS = 10;

/** Debian's command on PATH changes to its own user, and then can't read our server's cookie. */
const CONTROL_PATH = ['/usr/lib/rabbitmq/bin', process.env.PATH].join(':');

/** A RabbitMQ that a spec may kill; its data and its port outlive it. */
export class PrivateRabbitmq {
  #service;
  #dataDir = mkdtempSync(join(tmpdir(), 'slipstream-chaos-rabbitmq-'));

  /** Resolves when it answers; after {@link kill} with the data that there was, on the same port. */
  async start() {
    const env = { ...process.env };
    delete env.RABBITMQ_URL; // that one is shared, and not ours to kill
    const consentToInstall = env.CI === 'true' || env.SLIPSTREAM_INSTALL === 'yes' || isRootOnDebian();
    this.#service = await ensureRabbitmq({ dataDir: this.#dataDir, cacheDir: this.#dataDir, consentToInstall, env, log: () => {} });
    if (!this.#processes.length) throw new Error('RabbitMQ runs in a container, which this suite can not kill -9; put rabbitmq-server on PATH.');
  }

  /** @returns {string} */
  get url() {
    return this.#service.url;
  }

  /** SIGKILL, as the kernel does it when memory is short. Resolves when it is gone. */
  async kill() {
    const broker = this.#processes.at(-1);
    signalGroup(broker, 'SIGKILL');
    while (isRunning(broker)) await delay(POLL_MS);
  }

  /**
   * What its operator would type.
   * @param {string[]} args of rabbitmqctl
   */
  async control(...args) {
    const [amqp, , epmd] = readInstance(this.#dataDir).ports;
    const home = join(this.#dataDir, readInstance(this.#dataDir).candidate);
    const env = { ...process.env, PATH: CONTROL_PATH, HOME: home, ERL_EPMD_PORT: String(epmd), RABBITMQ_NODENAME: 'slipstream@localhost', RABBITMQ_NODE_PORT: String(amqp) };
    await promisify(execFile)('rabbitmqctl', ['-n', 'slipstream@localhost', ...args], { env, cwd: dirname(home) });
  }

  async stop() {
    await this.#service?.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  get #processes() {
    return readInstance(this.#dataDir)?.processes ?? [];
  }
}
