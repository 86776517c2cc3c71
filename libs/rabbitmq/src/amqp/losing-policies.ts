import { allFamilies } from './topology.js';

/** A policy of RabbitMQ that applies to queues of Slipstream. */
export interface LosingPolicy {
  name: string;
  /** Its settings that delete messages; empty for a harmless policy. */
  losesBy: string[];
}

interface Policy {
  name: string;
  pattern: string;
  'apply-to': string;
  definition: Record<string, unknown>;
}

/** Settings of policies that delete messages or queues. */
const LOSING = ['message-ttl', 'expires', 'max-length', 'max-length-bytes', 'delivery-limit'];
const TIMEOUT_MS = 5_000;

/** Reads the policies of the virtual host from the management plugin. */
export async function losingPolicies(managementUrl: string, amqpUrl: string): Promise<LosingPolicy[]> {
  const { username, password, origin } = new URL(managementUrl);
  const host = decodeURIComponent(new URL(amqpUrl).pathname.slice(1)) || '/';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const answer = await fetch(`${origin}/api/policies/${encodeURIComponent(host)}`, {
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`the management plugin answers ${answer.status}`);
  const policies = (await answer.json()) as Policy[];
  return policies.filter(appliesToUs).map(({ name, definition }) => ({
    name,
    losesBy: LOSING.filter((setting) => setting in definition),
  }));
}

const appliesToUs = ({ pattern, 'apply-to': to }: Policy): boolean =>
  to !== 'exchanges' && ownQueues().some((name) => new RegExp(pattern).test(name));

const ownQueues = (): string[] =>
  allFamilies('').flatMap(({ lanes, dead }) => [
    dead,
    ...Object.values(lanes).flatMap(({ main, retries }) => [main, ...retries.map(({ queue }) => queue)]),
  ]);
