import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { discover, givenUrl, inOrder } from './discovery.mjs';
import { writeInstance } from './instance-record.mjs';
import { mongodbCandidates } from './mongodb.mjs';
import { rabbitmqCandidates } from './rabbitmq.mjs';
import { redisCandidates } from './redis.mjs';
import { Unavailable } from './unavailable.mjs';

const names = (candidates: { name: string }[]) => candidates.map(({ name }) => name);

describe('the order of the search', () => {
  it.each([
    {
      service: 'Redis',
      candidates: redisCandidates,
      order: ['given URL', 'redis-server', 'docker', 'apt-get install redis-server'],
    },
    {
      service: 'RabbitMQ',
      candidates: rabbitmqCandidates,
      order: ['given URL', 'rabbitmq-server', 'docker', 'apt-get install rabbitmq-server'],
    },
    {
      service: 'MongoDB',
      candidates: mongodbCandidates,
      order: ['given URL', 'mongod', 'docker', 'mongod-download', 'secantusd-rs', 'secantusd-py'],
    },
  ])('is as designed for $service', ({ candidates, order }) => {
    expect(names(inOrder(candidates, undefined))).toEqual(order);
  });

  it('puts the owner of the kept data right after a given URL', () => {
    expect(names(inOrder(mongodbCandidates, 'secantusd-py')).slice(0, 3)).toEqual([
      'given URL',
      'secantusd-py',
      'mongod',
    ]);
  });
});

describe('discover', () => {
  it('prefers the URL that was given to everything else', async () => {
    const { search } = newSearch({ env: { SOME_URL: 'some://given' } });
    expect(await search([givenUrl('SOME_URL'), candidate('a', { offers: true })])).toMatchObject({
      url: 'some://given',
    });
  });

  it('goes on when a candidate is not there, and when it is there but does not start', async () => {
    const { search, lines } = newSearch();
    const found = await search([
      candidate('absent', { offers: false }),
      candidate('broken', { offers: true, starts: false }),
      candidate('good', { offers: true }),
    ]);
    expect(found).toMatchObject({ url: 'some://good' });
    expect(lines).toEqual(['Some: from good']);
  });

  it('says when the owner of the kept data is gone', async () => {
    const { search, lines, dataDir } = newSearch();
    writeInstance(dataDir, { candidate: 'absent', ports: [], processes: [] });
    await search([candidate('good', { offers: true }), candidate('absent', { offers: false })]);
    expect(lines).toEqual([
      'Some: absent, which keeps the data so far, is not available: absent is not here',
      'Some: from good',
    ]);
  });

  it('fails with every way out and why it is closed now', async () => {
    const { search } = newSearch();
    const searching = search([
      givenUrl('SOME_URL'),
      candidate('absent', { offers: false }),
      candidate('broken', { offers: true, starts: false }),
    ]);
    await expect(searching).rejects.toMatchObject({
      name: 'Failure',
      message: [
        'Some is needed and could not be had. Any one of these helps:',
        '  - set SOME_URL to the URL of a running one (now: SOME_URL is not set)',
        '  - install absent (now: absent is not here)',
        '  - install broken (now: broken does not start)',
      ].join('\n'),
    });
  });

  it('does not take a fault of its own for an unavailable candidate', async () => {
    const { search } = newSearch();
    const faulty = { ...candidate('faulty', { offers: true }), find: () => Promise.reject(new TypeError('a bug')) };
    await expect(search([faulty, candidate('good', { offers: true })])).rejects.toThrow(TypeError);
  });
});

function newSearch({ env = {} } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipstream-discovery-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const lines: string[] = [];
  const context = { dataDir, cacheDir: dataDir, consentToInstall: false, env, log: (line: string) => lines.push(line) };
  return {
    dataDir,
    lines,
    search: (candidates: Parameters<typeof discover>[1]) => discover('Some', candidates, context),
  };
}

function candidate(name: string, { offers, starts = true }: { offers: boolean; starts?: boolean }) {
  return {
    name,
    wayOut: `install ${name}`,
    async find() {
      if (!offers) throw new Unavailable(`${name} is not here`);
    },
    async start() {
      if (!starts) throw new Unavailable(`${name} does not start`);
      return { url: `some://${name}`, how: `from ${name}`, stop: async () => {} };
    },
  };
}
