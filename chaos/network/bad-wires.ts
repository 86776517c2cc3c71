import { startToxiproxy, type Link, type Toxic, type Toxiproxy } from '@slipstream/e2e/toxiproxy';
import { PrivateRabbitmq } from '../broker/private-rabbitmq.mjs';
import { toxiproxyProgram } from './toxiproxy-program.mjs';

/** The first run builds toxiproxy. */
export const READY_WITHIN_MS = 6 * 60_000;

/** What is done to a wire. */
export interface Harm {
  name: string;
  /** Absent: the wire is pulled out. */
  toxics?: readonly Toxic[];
}

const bothWays = (type: Toxic['type'], attributes: Toxic['attributes']): Toxic[] => [
  { type, stream: 'upstream', attributes },
  { type, stream: 'downstream', attributes },
];

/** Everything arrives, only later. */
export const SLOW: readonly Harm[] = [
  { name: 'latency', toxics: bothWays('latency', { latency: 100, jitter: 50 }) },
  { name: 'bandwidth', toxics: bothWays('bandwidth', { rate: 100 }) },
  { name: 'slices', toxics: bothWays('slicer', { average_size: 64, size_variation: 32, delay: 10 }) },
];

/** The connection breaks, and none can be made. */
export const DOWN: Harm = { name: 'down' };

/** Nothing comes, and nothing closes: only missing heartbeats tell. */
export const SILENT: Harm = { name: 'silence', toxics: bothWays('timeout', { timeout: 0 }) };

/** Less than a message, more than four acknowledgements, and a multiple of neither: a frame is torn. */
const TORN = { bytes: 101 };

/** The connection is lost. */
export const CUT: readonly Harm[] = [
  DOWN,
  { name: 'reset', toxics: [{ type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } }] },
  { name: 'torn while sending', toxics: [{ type: 'limit_data', stream: 'upstream', attributes: TORN }] },
  { name: 'torn while receiving', toxics: [{ type: 'limit_data', stream: 'downstream', attributes: TORN }] },
  SILENT,
  { name: 'silence towards the broker', toxics: SILENT.toxics!.slice(0, 1) },
];

/** A wire to the broker that can be harmed. */
export interface Wire {
  /** The broker's URL by way of it. */
  url: string;
  harm(harm: Harm): Promise<void>;
  heal(): Promise<void>;
}

/** A broker of a spec's own, and the wires between it and those who use it. */
export class BadWires {
  private constructor(
    private readonly rabbitmq: PrivateRabbitmq,
    private readonly toxiproxy: Toxiproxy,
  ) {}

  static async start(): Promise<BadWires> {
    const program = await toxiproxyProgram();
    const rabbitmq = new PrivateRabbitmq();
    await rabbitmq.start();
    return new BadWires(rabbitmq, await startToxiproxy(program));
  }

  /** @param name of no other wire */
  async add(name: string): Promise<Wire> {
    const url = new URL(this.rabbitmq.url);
    const link = await this.toxiproxy.link(name, url.host);
    url.host = link.address;
    return { url: url.href, harm: (harm) => harmLink(link, harm), heal: () => link.heal() };
  }

  async stop(): Promise<void> {
    await this.toxiproxy.stop();
    await this.rabbitmq.stop();
  }
}

async function harmLink(link: Link, { toxics }: Harm): Promise<void> {
  if (!toxics) return link.cut();
  for (const toxic of toxics) await link.poison(toxic);
}
