import { describe, expect, it, vi } from 'vitest';
import type { BackendStatus } from '@slipstream/balancer';
import { idOf } from './overlay-change.js';
import { PoolDirectory, type ChangeablePool } from './pool-directory.js';

const WEB = 'http://pod:8080';
const MODELS = 'http://llm:8000/v1';

const backend = (url: string): BackendStatus => ({
  url,
  weight: 1,
  priority: 0,
  isDraining: false,
  state: 'healthy',
  own: { requests: 0, sessions: 0 },
  other: { requests: 0, sessions: 0 },
  latencyMs: 0,
  answers: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 },
  ejections: 0,
  retries: 0,
});

function directory(models = [MODELS]) {
  const change = vi.fn<ChangeablePool['change']>(async (decide) => void decide([]));
  const web = { name: 'web', configured: [WEB], change, backends: () => [backend(WEB)] };
  return { sut: new PoolDirectory([web, { name: 'models', backends: () => models.map(backend) }], web), change };
}

describe('PoolDirectory', () => {
  it('changes the web pool, also where a model server has the same URL', async () => {
    const { sut, change } = directory([WEB]);
    await sut.change(idOf(WEB), { weight: 2 });
    await sut.remove(idOf(WEB));
    expect(change).toHaveBeenCalledTimes(2);
  });

  it('says of a model server that its pool stays as it is configured', async () => {
    const { sut, change } = directory();
    const refusal = { code: 'pool_not_changeable', message: expect.stringContaining("of the pool 'models'") };
    await expect(sut.change(idOf(MODELS), { weight: 2 })).rejects.toMatchObject(refusal);
    await expect(sut.remove(idOf(MODELS))).rejects.toMatchObject(refusal);
    expect(change).not.toHaveBeenCalled();
  });

  it('knows nothing of other ids', async () => {
    await expect(directory().sut.remove('0'.repeat(16))).rejects.toMatchObject({ code: 'backend_not_found' });
  });
});
