import { mkdtempSync, rmSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isRunning, signalGroup } from '../../tools/processes.mjs';
import { amqpAnswers } from '../../tools/services/answers.mjs';
import { isRootOnDebian } from '../../tools/services/apt.mjs';
import { readInstance, writeInstance } from '../../tools/services/instance-record.mjs';
import { freePort } from '../../tools/services/ports.mjs';
import { ensureRabbitmq } from '../../tools/services/rabbitmq.mjs';

const POLL_MS = 10;

/** Below the ports of outgoing connections, of which one might take the broker's while it is dead. */
const PORTS = { first: 20_000, count: 10_000 };

/** Debian's command on PATH changes to its own user, and then can't read our server's cookie. */
const CONTROL_PATH = ['/usr/lib/rabbitmq/bin', process.env.PATH].join(':');

/** A RabbitMQ that a spec may kill; its data and its port outlive it. */
export class PrivateRabbitmq {
  /** @type {string | undefined} */
  #url;
  #service;
  #dataDir = mkdtempSync(join(tmpdir(), 'slipstream-chaos-rabbitmq-'));

  /** Resolves when it answers; after {@link kill} with the data that there was, on the same port. */
  async start() {
    const env = { ...process.env };
    delete env.RABBITMQ_URL; // that one is shared, and not ours to kill
    if (!this.#url) await this.#reservePorts();
    const consentToInstall = env.CI === 'true' || env.SLIPSTREAM_INSTALL === 'yes' || isRootOnDebian();
    this.#service = await ensureRabbitmq({
      dataDir: this.#dataDir,
      cacheDir: this.#dataDir,
      consentToInstall,
      env,
      log: () => {},
    });
    if (!this.#processes.length)
      throw new Error('RabbitMQ runs in a container, which this suite can not kill -9; put rabbitmq-server on PATH.');
    this.#url ??= this.#service.url;
    if (this.#service.url !== this.#url)
      throw new Error(`RabbitMQ came back at ${this.#service.url}, for ${this.#url} was taken meanwhile.`);
  }

  /** @returns {string} */
  get url() {
    return this.#url;
  }

  /**
   * SIGKILL, as the kernel does it when memory is short. Resolves when it is gone, and its port with it: the shell that
   * leads its group is gone sooner.
   */
  async kill() {
    const broker = this.#processes.at(-1);
    signalGroup(broker, 'SIGKILL');
    const [amqp] = readInstance(this.#dataDir).ports;
    while (isRunning(broker) || (await isListenedTo(amqp))) await delay(POLL_MS);
  }

  /**
   * What its operator would type.
   * @param {string[]} args of rabbitmqctl
   */
  async control(...args) {
    const [amqp, , epmd] = readInstance(this.#dataDir).ports;
    const home = join(this.#dataDir, readInstance(this.#dataDir).candidate);
    const env = {
      ...process.env,
      PATH: CONTROL_PATH,
      HOME: home,
      ERL_EPMD_PORT: String(epmd),
      RABBITMQ_NODENAME: 'slipstream@localhost',
      RABBITMQ_NODE_PORT: String(amqp),
    };
    await promisify(execFile)('rabbitmqctl', ['-n', 'slipstream@localhost', ...args], { env, cwd: dirname(home) });
  }

  async stop() {
    await this.#service?.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  /** As those of an earlier instance, whose ports the next one takes. */
  async #reservePorts() {
    const ports = [];
    for (let index = 0; index < 3; index += 1)
      ports.push(await freePort(PORTS.first + Math.floor(Math.random() * PORTS.count)));
    writeInstance(this.#dataDir, { candidate: 'none', ports, processes: [] });
  }

  get #processes() {
    return readInstance(this.#dataDir)?.processes ?? [];
  }
}

const isListenedTo = (port) =>
  amqpAnswers(port).then(
    () => true,
    ({ code }) => code !== 'ECONNREFUSED',
  );
