import { readFile } from 'node:fs/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { startService, type ServiceProcess } from './process.js';
import { storesEnv } from './system.js';

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};
/** Nothing listens there. */
const DEAD = 'http://127.0.0.1:1';

let service: ServiceProcess | undefined;
afterEach(() => service?.stop());

/** The states that the documented alert sums up. */
async function servingStates(): Promise<RegExp> {
  const text = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const [, states] =
    /sum by \(pool\) \(max by \(pool, backend\) \(slipstream_backend_state\{state="([^"]+)"\}\)\) == 0/.exec(text)!;
  return new RegExp(`^${states!}$`);
}

/** The pools for which the alert fires. */
async function firing({ managementUrl }: ServiceProcess): Promise<string[]> {
  const serving = await servingStates();
  const text = await (await fetch(`${managementUrl}/metrics`)).text();
  const sums = new Map<string, number>();
  for (const [, labels, value] of text.matchAll(/^slipstream_backend_state\{([^}]*)\} (\d+)$/gm)) {
    const { pool, state } = Object.fromEntries(
      [...labels!.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]),
    ) as { pool: string; state: string };
    if (serving.test(state)) sums.set(pool, (sums.get(pool) ?? 0) + Number(value));
  }
  return [...sums].filter(([, sum]) => sum === 0).map(([pool]) => pool);
}

const ready = async ({ managementUrl }: ServiceProcess) =>
  (await (await fetch(`${managementUrl}/health/ready`)).json()) as {
    status: string;
    details: Record<string, { degraded?: boolean; reason?: string }>;
  };

it.each([
  { pool: 'models', env: { LLM_BACKENDS: `${DEAD}/v1` } },
  { pool: 'web', env: { WEB_BACKENDS: DEAD } },
])(
  'a gateway without a healthy backend of pool $pool: the alert fires, and readiness says why',
  async ({ pool, env }) => {
    service = await startService('gateway', { ...AWAY, ...env });
    await vi.waitFor(async () => expect(await firing(service!)).toEqual([pool]), { timeout: 10_000 });
    const { status, details } = await ready(service);
    expect(status).toBe('degraded');
    expect(details[pool]).toMatchObject({ degraded: true, reason: expect.stringContaining(DEAD) as string });
  },
);

it('a chat-worker alone shows its model servers, what it is, and that its configuration is in use', async () => {
  service = await startService('chat-worker', { ...storesEnv(), LLM_BACKENDS: `${DEAD}/v1` });
  await vi.waitFor(async () => expect(await firing(service!)).toEqual(['models']), { timeout: 10_000 });
  await vi.waitFor(async () => expect((await ready(service!)).status).toBe('degraded'), { timeout: 10_000 });
  const text = await (await fetch(`${service.managementUrl}/metrics`)).text();
  expect(text).toMatch(
    /^slipstream_build_info\{service="chat-worker",version="\d+\.\d+\.\d+",node="\d+\.\d+\.\d+"\} 1$/m,
  );
  expect(text).toMatch(/^slipstream_config_last_reload_successful 1$/m);
});

it('counts the calls of each model', async () => {
  service = await startService('gateway', AWAY);
  for (const model of ['demo-echo', 'made-up'])
    await fetch(`${service.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    });
  const metrics = async () => (await fetch(`${service!.managementUrl}/metrics`)).text();
  await vi.waitFor(async () =>
    expect(await metrics()).toContain('slipstream_model_call_duration_seconds_count{model="demo-echo",outcome="ok"} 1'),
  );
  expect(await metrics()).not.toContain('made-up');
});
