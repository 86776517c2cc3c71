import { describe, expect, it, vi } from 'vitest';
import { idOf } from './overlay-change.js';
import { PoolDirectory, type ChangeablePool } from './pool-directory.js';
import { backendStatus } from './testing/backend-status.js';

const WEB = 'http://pod:8080';
const MODELS = 'http://llm:8000/v1';

function directory(models = [MODELS]) {
  const change = vi.fn<ChangeablePool['change']>(async (decide) => void decide([]));
  const web = { name: 'web', configured: () => [WEB], change, backends: () => [backendStatus(WEB)] };
  return { sut: new PoolDirectory([web, { name: 'models', backends: () => models.map(backendStatus) }], web), change };
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
    const refusal = { code: 'pool_not_changeable', message: expect.stringContaining("belongs to pool 'models'") };
    await expect(sut.change(idOf(MODELS), { weight: 2 })).rejects.toMatchObject(refusal);
    await expect(sut.remove(idOf(MODELS))).rejects.toMatchObject(refusal);
    expect(change).not.toHaveBeenCalled();
  });

  it('knows nothing of other ids', async () => {
    await expect(directory().sut.remove('0'.repeat(16))).rejects.toMatchObject({ code: 'backend_not_found' });
  });
});
