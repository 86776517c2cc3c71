import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

const SCRIPT = fileURLToPath(new URL('slipstream.mjs', import.meta.url));
let cwd: string;
beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'slipstream-'))));
afterEach(() => rm(cwd, { recursive: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function slipstream(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const options = { cwd, env: { PATH: process.env.PATH, ...env } };
  return new Promise((resolve) =>
    execFile(process.execPath, [SCRIPT, ...args], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
}

describe('slipstream', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('%j prints the commands', async (args) => {
    const { code, stdout } = await slipstream(args);
    expect(code).toBe(0);
    for (const command of ['start', 'check', 'key']) expect(stdout).toMatch(new RegExp(`^  ${command} +[A-Z]`, 'm'));
  });

  it.each(['start', 'dev', 'check', 'doctor', 'reload', 'key'])(
    '%s --help prints its options and does nothing else',
    async (command) => {
      const { code, stdout } = await slipstream([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: slipstream ${command}`));
    },
  );

  it('--version prints the version of the package', async () => {
    expect((await slipstream(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['strat'], 'slipstream does not accept strat; did you mean start?'],
    [['--verison'], 'slipstream does not accept --verison; did you mean --version?'],
    [['start', '--inspct'], 'slipstream start does not accept --inspct; did you mean --inspect?'],
    [['start', '--eval=1'], 'slipstream start does not accept --eval. See'],
    [['start', 'gateway'], 'slipstream start does not accept gateway. See'],
    [['check', '--srevice=gateway'], 'slipstream check does not accept --srevice; did you mean --service?'],
    [['check', 'a.yaml', 'b.yaml'], 'slipstream check does not accept b.yaml. See'],
    [['check', '--service'], 'slipstream check needs a value for --service: --service NAME.'],
    [['constructor'], 'slipstream does not accept constructor.'],
  ])('refuses %j with exit code 2', async (args, text) => {
    const { code, stderr } = await slipstream(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
  });
});

describe('slipstream check', () => {
  it('says which file is right', async () => {
    await writeFile(join(cwd, 'slipstream.yaml'), 'listen:\n  port: 80\n');
    expect(await slipstream(['check'])).toMatchObject({ code: 0, stdout: 'slipstream.yaml: ok\n' });
    await writeFile(join(cwd, 'other.yaml'), '');
    expect(await slipstream(['check', 'other.yaml'])).toMatchObject({ code: 0, stdout: 'other.yaml: ok\n' });
  });

  it('prints every mistake with file and line, and exits with 1', async () => {
    await writeFile(join(cwd, 'a.yaml'), 'listen:\n  port: eighty\nweb:\n  health:\n    pth: /up\n');
    const { code, stderr } = await slipstream(['check', 'a.yaml']);
    expect([code, stderr.trim().split('\n').slice(-2)]).toEqual([
      1,
      ['a.yaml:2: listen.port: must be a number', 'a.yaml:5: web.health.pth: is not a setting; did you mean path?'],
    ]);
  });

  it('checks for the service that it is told, with the environment', async () => {
    await writeFile(join(cwd, 'slipstream.yaml'), 'redis: { url: "memory:" }');
    expect(await slipstream(['check', '--service', 'gateway'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('slipstream.yaml:1: redis.url: memory: works with npm start only') as string,
    });
    expect(await slipstream(['check', '--service', 'gateway'], { REDIS_URL: 'redis://r' })).toMatchObject({ code: 0 });
    expect((await slipstream(['check', '--service', 'web'])).stderr).toContain('must be one of standalone, gateway');
  });

  it('warns of a variable that is spelt nearly like one', async () => {
    const { code, stderr } = await slipstream(['check'], { POTR: '80' });
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('POTR: is not a variable of Slipstream; did you mean PORT?\n'),
    ]);
  });

  it('fails for a file that is not there', async () => {
    expect(await slipstream(['check', 'none.yaml'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("none.yaml can't be read (ENOENT)") as string,
    });
  });
});

describe('slipstream reload', () => {
  const answering = async (status: number, body: object): Promise<string> => {
    const server = createServer((request, response) => {
      expect([request.method, request.url]).toEqual(['POST', '/admin/reload']);
      response.writeHead(request.headers.authorization === 'Bearer k' ? status : 401).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  };
  const env = { SLIPSTREAM_KEY: 'k' };

  it('says what changed, and what needs a restart', async () => {
    const url = await answering(200, { changed: ['web.backends', 'keys'], needsRestart: ['listen.port'], silent: 1 });
    const { code, stdout } = await slipstream(['reload', '--url', url], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Changed: web\.backends, keys\nChanged only after a restart: listen\.port\n.*time: 1/);
  });

  it('prints the mistakes, and exits with 1', async () => {
    const url = await answering(422, {
      detail: 'It has mistakes.',
      errors: [{ path: '', message: 'a.yaml:3: log.levl' }],
    });
    expect(await slipstream(['reload', '--url', url], env)).toMatchObject({
      code: 1,
      stderr: 'It has mistakes.\na.yaml:3: log.levl\n',
    });
  });

  it('prints the mistakes of the configuration that names the service', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reload-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'slipstream.yaml'), 'web:\n  backends:\n    - { url: "http://a", wieght: 2 }\n');
    const file = join(folder, 'slipstream.yaml');
    expect(await slipstream(['reload'], { ...env, SLIPSTREAM_CONFIG: file })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${file}:3: web.backends[0].wieght: is not a setting`) as string,
    });
  });

  it('says where a key belongs, and that nothing is there', async () => {
    const url = await answering(200, {});
    expect((await slipstream(['reload', '--url', url])).stderr).toContain('SLIPSTREAM_KEY must be a key of role admin');
    expect(await slipstream(['reload', '--url', 'http://127.0.0.1:65000'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing answers at http://127.0.0.1:65000 (ECONNREFUSED)') as string,
    });
  });
});

describe('slipstream key', () => {
  it('prints a key and the entry that accepts it', async () => {
    const { stdout } = await slipstream(['key', '--role', 'user', '--user', 'u-1', '--id', 'ada']);
    expect(stdout).toMatch(
      / {2}slip_[\w-]{43}\n[^]*- \{id: "ada", role: "user", user: "u-1", hash: "sha256:[0-9a-f]{64}"\}/,
    );
  });

  it.each([[['--role', 'boss']], [['--role', 'user']], [['--role', 'admin', '--user', 'u']]])(
    'refuses %j',
    async (args) => {
      expect((await slipstream(['key', ...args])).code).toBe(1);
    },
  );
});
