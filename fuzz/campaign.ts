import { send } from './connection.js';
import { startFuzzedGateway, type FuzzedGateway, type ListenerKind } from './gateway.js';
import { honestClients } from './honest-clients.js';
import { http1Input, type Input } from './http1-inputs.js';
import { http2Input } from './http2-inputs.js';
import { Random } from './random.js';
import { shortestInput } from './shortest-input.js';

/** How many hostile connections are open at a time. */
const TOGETHER = 8;
/** Inputs of which one may have done what is seen only afterwards. */
const SUSPECTS = 64;
/** An answer that says that something broke here, rather than that something is wrong with the request. */
const INTERNAL_ERROR = /HTTP\/1\.1 500 [\s\S]*internal_error/;

export interface CampaignOptions {
  backend: string;
  kind: ListenerKind;
  protocol: 'h2' | 'http/1.1';
  seed: number;
  seconds: number;
}

/** What came of many inputs. */
export interface CampaignResult {
  sent: number;
  honest: { answered: number; wrong: string[] };
  /** Inputs that were answered with 500, as sent. */
  internalErrors: string[];
  /** Uncaught errors in the log, or how the process ended. */
  faults: unknown[];
  /** The shortest input that ends a process of its own, if one does. */
  reproduction?: string;
}

/** The input of a number: the same for the same seed. */
export const inputOf = ({ protocol, seed }: Pick<CampaignOptions, 'protocol' | 'seed'>, number: number): Input => {
  const random = new Random(Math.imul(seed, 1_000_003) + number);
  return protocol === 'h2' ? http2Input(random) : http1Input(random);
};

/** Sends inputs for so many seconds, beside clients that must notice nothing. */
export async function runCampaign(gateway: FuzzedGateway, options: CampaignOptions): Promise<CampaignResult> {
  const { url, exited } = gateway.process;
  const over = AbortSignal.timeout(options.seconds * 1000);
  const ended = new AbortController();
  void exited.then(() => ended.abort());
  const honest = honestClients(url, AbortSignal.any([over, ended.signal]));
  const recent: Input[] = [];
  const internalErrors: string[] = [];
  let sent = 0;
  const attack = async (): Promise<void> => {
    while (!over.aborted && !ended.signal.aborted) {
      const input = inputOf(options, sent++);
      recent[sent % SUSPECTS] = input;
      const { received } = await send(url, input, options.protocol);
      if (INTERNAL_ERROR.test(received)) internalErrors.push(JSON.stringify(input.join('')).slice(0, 2_000));
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, attack));
  const faults = [...gateway.faults(), ...(ended.signal.aborted ? [`the process ended with ${await exited}`] : [])];
  return {
    sent,
    honest: await honest,
    internalErrors,
    faults,
    reproduction: ended.signal.aborted ? await reproductionOf(recent, options) : undefined,
  };
}

/** Sends each suspect to a process of its own, the latest first. */
async function reproductionOf(recent: readonly Input[], options: CampaignOptions): Promise<string | undefined> {
  const isHarmful = (input: Input): Promise<boolean> => endsProcess(input, options);
  for (const input of recent.filter(Boolean))
    if (await isHarmful(input)) return JSON.stringify(await shortestInput(input, isHarmful));
  return undefined;
}

async function endsProcess(input: Input, { backend, kind, protocol }: CampaignOptions): Promise<boolean> {
  const gateway = await startFuzzedGateway(backend, kind);
  await send(gateway.process.url, input, protocol);
  const isAlive = await fetch(`${gateway.process.managementUrl}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  );
  await gateway.stop();
  return !isAlive;
}
