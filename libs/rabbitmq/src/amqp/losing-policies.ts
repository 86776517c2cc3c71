import { allFamilies } from './topology.js';

/** A policy of RabbitMQ that applies to queues of Slipstream. */
export interface LosingPolicy {
  name: string;
  /** Its settings that delete messages; empty for a harmless policy. */
  losesBy: string[];
}

/** A queue as the management plugin describes it. */
interface Queue {
  name: string;
  /** Name of the policy that applies; null: none. */
  policy: string | null;
  effective_policy_definition: Record<string, unknown>;
}

/** Settings of policies that delete messages or queues. */
const LOSING = ['message-ttl', 'expires', 'max-length', 'max-length-bytes', 'delivery-limit'];
const TIMEOUT_MS = 5_000;

/**
 * Reads from the management plugin which policies apply to the queues of Slipstream. The broker decides which do, so
 * their patterns are not tried here.
 */
export async function losingPolicies(managementUrl: string, amqpUrl: string): Promise<LosingPolicy[]> {
  const { username, password, origin } = new URL(managementUrl);
  const host = decodeURIComponent(new URL(amqpUrl).pathname.slice(1)) || '/';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const columns = 'name,policy,effective_policy_definition';
  const answer = await fetch(`${origin}/api/queues/${encodeURIComponent(host)}?columns=${columns}`, {
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`the management plugin answers ${answer.status}`);
  const own = ownQueues();
  const found = ((await answer.json()) as Queue[]).filter(({ name }) => own.has(name));
  const policies = new Map(found.map((queue) => [queue.policy, queue.effective_policy_definition]));
  return [...policies].flatMap(([name, definition]) =>
    name === null ? [] : [{ name, losesBy: LOSING.filter((setting) => setting in definition) }],
  );
}

const ownQueues = (): Set<string> =>
  new Set(
    allFamilies('').flatMap(({ lanes, dead }) => [
      dead,
      ...Object.values(lanes).flatMap(({ main, retries }) => [main, ...retries.map(({ queue }) => queue)]),
    ]),
  );
