import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, configJsonSchema, loadConfig } from './index.js';

const BACKEND_URL_FORMS =
  'must be http(s)://host:port, dns+http(s)://name:port or srv+http(s)://_service._tcp.name, without path and ' +
  'credentials';
const HASH = `sha256:${'a'.repeat(64)}`;
let cwd: string;

beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'config-'))));
afterEach(() => rm(cwd, { recursive: true }));

const file = (text: string) => writeFile(join(cwd, 'slipstream.yaml'), text);
const load = (env: NodeJS.ProcessEnv = {}, service: 'gateway' | 'chat-worker' | 'standalone' = 'standalone') =>
  loadConfig({ service, env, cwd });

async function mistakes(
  env: NodeJS.ProcessEnv = {},
  service: 'gateway' | 'chat-worker' | 'standalone' = 'standalone',
): Promise<readonly string[]> {
  const error = await load(env, service).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) expect.fail('the configuration was accepted');
  return error.mistakes;
}

describe('loadConfig', () => {
  it('has the defaults of the service', async () => {
    expect(await load()).toMatchObject({
      listen: { host: '127.0.0.1', port: 8080 },
      management: { port: 9901 },
      redis: { url: 'memory:' },
      mongodb: { maxPoolSize: 50, minPoolSize: 10, maxIdleTimeMs: 30_000, waitQueueTimeoutMs: 10_000 },
      llm: { firstTokenTimeoutMs: 60_000, stallTimeoutMs: 60_000 },
      events: { retentionMs: 3_600_000 },
      notifications: { webhook: { timeoutMs: 10_000, allowedAddresses: [] }, inboxRetentionDays: 90 },
    });
    expect(await load({}, 'chat-worker')).toMatchObject({
      management: { port: 9902 },
      redis: { url: 'redis://127.0.0.1:6379' },
    });
  });

  it.each<[kind: string, make: (path: string) => unknown]>([
    ['folder', (path) => mkdir(path)],
    ['named pipe', (path) => execFileSync('mkfifo', [path])],
    ['device', (path) => symlink('/dev/zero', path)],
  ])('refuses a configuration that is a %s, in one line', async (kind, make) => {
    await make(join(cwd, 'slipstream.yaml'));
    expect(await mistakes()).toEqual([expect.stringContaining(`slipstream.yaml is a ${kind}; `)]);
    expect(await mistakes({ SLIPSTREAM_CONFIG: 'slipstream.yaml' })).toEqual([
      expect.stringContaining(`slipstream.yaml is a ${kind}; `),
    ]);
  });

  it('lays the environment over the file', async () => {
    await file('listen: { port: 1000, maxBodyBytes: 5 }\nllm: { backends: [{ url: "http://a/v1", weight: 2 }] }');
    const config = await load({ PORT: '2000', LLM_BACKENDS: 'http://b/v1, http://c/v1' });
    expect(config.listen).toMatchObject({ port: 2000, maxBodyBytes: 5 });
    expect(config.llm.backends).toEqual([
      { url: 'http://b/v1', weight: 1 },
      { url: 'http://c/v1', weight: 1 },
    ]);
  });

  it('is frozen all the way down', async () => {
    const config = await load({ LLM_BACKENDS: 'http://b/v1' });
    expect(Object.isFrozen(config.llm.backends[0])).toBe(true);
  });

  it('reports every mistake at once, by name', async () => {
    await file('lissten: {}\nchat: { leaseMs: soon, maxAttempt: 3 }');
    const found = (await mistakes({ PORT: '99999', LLM_BACKENDS: 'http://ok/v1,ftp://no', WEB_PRESET: 'nope' })).join(
      '\n',
    );
    expect(found).toContain('lissten: is not a setting; did you mean listen?');
    expect(found).toContain('chat.maxAttempt: is not a setting; did you mean maxAttempts?');
    expect(found).toContain('chat.leaseMs: ');
    expect(found).toContain('listen.port (PORT): must be 0 to 65535');
    expect(found).toContain('llm.backends[1].url (LLM_BACKENDS): must be a URL that begins with http:// or https://');
    expect(found).toContain('web.preset (WEB_PRESET): ');
  });

  it('reports what contradicts beside what is malformed', async () => {
    await file('chat: { leaseMs: soon }');
    const found = (await mistakes({ HOST: '0.0.0.0' })).join('\n');
    expect(found).toContain('chat.leaseMs: must be a number');
    expect(found).toContain('listen.host: ');
  });

  it.each([
    ['web: { health: { intervalMs: 30s } }', 'web.health.intervalMs: must be a number of milliseconds'],
    ['cache: { maxBytes: 64MB }', 'cache.maxBytes: must be a number of bytes'],
    ['cache: { ttlSeconds: 1h }', 'cache.ttlSeconds: must be a number of seconds'],
    ['notifications: { inboxRetentionDays: 90d }', 'notifications.inboxRetentionDays: must be a number of days'],
    ['web: { slowStartMs: 99999999999 }', 'web.slowStartMs: must be at most 86400000'],
    ['chat: { leaseMs: 10 }', 'chat.leaseMs: must be at least 1000'],
    ['web: { backends: "http://a" }', 'web.backends: must be a list'],
    [
      'web: { backends: [{ url: "http://a:80" }, { url: "http://b" }, { url: "HTTP://A/" }] }',
      'web.backends[2].url: is a duplicate; list each backend once',
    ],
    [
      'llm: { backends: [{ url: "http://user:secret@a/v1" }] }',
      'llm.backends[0].url: must not contain credentials; put them into apiKey',
    ],
    [
      'llm: { backends: [{ url: "http://a/v1" }, { url: "http://a/v1/" }] }',
      'llm.backends[1].url: is a duplicate; list each backend once',
    ],
    [
      'web: { backends: [{ url: "http://a" }, { url: "http://a?" }] }',
      'web.backends[1].url: is a duplicate; list each backend once',
    ],
    ['web: { backends: ["http://a"] }', 'web.backends[0]: must be settings by name: url, weight, priority'],
    [
      'web: { cache: { reads: { /a: private } } }',
      'web.cache.reads./a: must be settings by name: class, ttlMs, staleWhileRevalidateMs, staleIfErrorMs, ' +
        'tags, unlessParameter',
    ],
    ['web: { cache: { reads: [/a] } }', 'web.cache.reads: must be settings by name'],
    ['processes: 0', "processes: must be 1 to 64, or 'auto'"],
    ['processes: 1.5', "processes: must be 1 to 64, or 'auto'"],
    ['notifications: { email: { url: "smtp://m" } }', 'notifications.email.from: is required'],
    ['web: { preset: openwebui }', 'web.preset: must be open-webui'],
    [
      'web: { strategy: least-connections }',
      'web.strategy: must be one of least_connections, round_robin, p2c_ewma, consistent_hash; did you mean ' +
        'least_connections?',
    ],
    [
      'web: { cache: { reads: { api/models: { class: private } } } }',
      'web.cache.reads.api/models: must begin with /; {name} stands for one segment, ** at its end for any rest',
    ],
    [
      'web: { cache: { reads: { /api: { class: private, ttl: 5 } } } }',
      'web.cache.reads./api.ttl: is not a setting; did you mean ttlMs?',
    ],
  ])('says of %s what it must be', async (text, mistake) => {
    await file(text);
    expect(await mistakes()).toEqual([`slipstream.yaml:1: ${mistake}`]);
  });

  it('leaves processes to the gateway, whose file the workers may share', async () => {
    expect(await mistakes({ PROCESSES: '2' })).toEqual([
      expect.stringContaining('processes (PROCESSES): must be 1 for npm start'),
    ]);
    expect(await load({ PROCESSES: '2' }, 'chat-worker')).toMatchObject({ processes: 2 });
  });

  it('takes no backend from what is no URL', async () => {
    expect(await mistakes({ WEB_BACKENDS: 'pod-1, pod-1', LLM_BACKENDS: '127.0.0.1:11434, 127.0.0.1:11435' })).toEqual([
      ...[0, 1].map((index) => `web.backends[${index}].url (WEB_BACKENDS): ${BACKEND_URL_FORMS}`),
      ...[0, 1].map(
        (index) => `llm.backends[${index}].url (LLM_BACKENDS): must be a URL that begins with http:// or https://`,
      ),
    ]);
  });

  it('names a slip in a variable beside what was missed because of it', async () => {
    expect((await mistakes({ HOST: '0.0.0.0', SLIPSTREAM_CONF: 'with-keys.yaml' })).join('\n')).toContain(
      'SLIPSTREAM_CONF: is not a variable of Slipstream; did you mean SLIPSTREAM_CONFIG?',
    );
  });

  it.each(['true', '""', '[80]', '"0x50"', '80.5'])('takes no port from %s', async (value) => {
    await file(`listen: { port: ${value} }`);
    expect((await mistakes()).join('\n')).toContain('listen.port: must be a');
  });

  it.each(['abc', ' ', '0x50', '1e3', '-1'])('takes no port from the variable %j', async (text) => {
    expect((await mistakes({ PORT: text })).join('\n')).toContain('listen.port (PORT): ');
  });

  it('says of a number below what may be what may be', async () => {
    expect(await mistakes({ PORT: '-1' })).toEqual(['listen.port (PORT): must be 0 to 65535']);
  });

  it('takes no port from what Kubernetes injects for a service called management', async () => {
    expect(await load({ MANAGEMENT_PORT: 'tcp://10.0.0.1:9999' })).toMatchObject({ management: { port: 9901 } });
    expect((await mistakes({ REDIS_URL: 'tcp://10.0.0.1:6379' })).join('\n')).toContain(
      'redis.url (REDIS_URL): must be',
    );
  });

  it('takes a name without a value as not written', async () => {
    await file('listen:\n  port:\nkeys:\nllm:\n  # backends: []\n');
    expect(await load()).toMatchObject({ listen: { port: 8080 }, keys: [], llm: { backends: [] } });
  });

  it.each([
    [{ TLS_CERT_FILE: 'cert.pem' }, 'listen.tls: needs both certFile and keyFile'],
    [
      { TLS_CERT_FILE: 'cert.pem', TLS_KEY_FILE: 'key.pem', TLS_SELF_SIGNED: 'true' },
      'listen.tls: takes either selfSigned (TLS_SELF_SIGNED) or certFile and keyFile, not both',
    ],
    [{ TLS_SELF_SIGNED: 'yes' }, 'listen.tls.selfSigned (TLS_SELF_SIGNED): must be true or false'],
    [{ TRUSTED_PEERS: '10.0.0.0/8,everyone' }, 'listen.trustedPeers[1] (TRUSTED_PEERS): must be an address'],
    [{ TRUSTED_PEERS: '10.0.0.0/33' }, 'listen.trustedPeers[0] (TRUSTED_PEERS): must be an address'],
    [{ TRUSTED_PEERS: '10.1' }, 'listen.trustedPeers[0] (TRUSTED_PEERS): must be an address'],
  ])('refuses a listener with %o', async (env, mistake) => {
    expect((await mistakes(env)).join('\n')).toContain(mistake);
  });

  it.each(['http://localhost', '0.0.0.0:80', 'localhost ', '[::1]', '*'])(
    "takes no listener's address from %j",
    async (text) => {
      const words = 'must be an address or a host name, without scheme and port';
      expect(await mistakes({ HOST: text, MANAGEMENT_HOST: text })).toEqual([
        `listen.host (HOST): ${words}`,
        `management.host (MANAGEMENT_HOST): ${words}`,
      ]);
    },
  );

  it.each(['::1', 'localhost', '127.0.0.1'])("takes a listener's address from %j", async (text) => {
    expect((await load({ HOST: text })).listen.host).toBe(text);
  });

  it('takes trusted peers by address, block and name', async () => {
    const trustedPeers = ['10.0.0.0/8', '192.0.2.1', 'fd00::/8', '::1', 'loopback'];
    expect((await load({ TRUSTED_PEERS: trustedPeers.join(', ') })).listen).toMatchObject({ trustedPeers });
    expect((await load({ TLS_SELF_SIGNED: 'true' })).listen.tls).toEqual({ selfSigned: true });
  });

  it('wants key ids that differ, and a pool that can hold its minimum', async () => {
    await file(
      `keys: [{ id: a, hash: "${HASH}", role: admin }, { id: a, hash: "${HASH}", role: service }]
mongodb: { maxPoolSize: 5 }`,
    );
    const found = (await mistakes()).join('\n');
    expect(found).toContain('keys: must have different ids');
    expect(found).toContain('mongodb.minPoolSize: must be at most maxPoolSize');
  });

  it('never shows a value', async () => {
    await file('keys: [{ id: a, hash: s3cret, role: admin }]');
    expect(
      (await mistakes({ MONGODB_URI: 'mongo://me:s3cret@host', REDIS_URL: 'http://s3cret' })).join('\n'),
    ).not.toContain('s3cret');
  });

  it.each([
    ['gateway', { HOST: '0.0.0.0' }, 'listen.host'],
    ['standalone', { MANAGEMENT_HOST: '0.0.0.0' }, 'management.host'],
    ['gateway', { HOST: '127.999.1.1' }, 'listen.host'],
    ['gateway', { PORT: '9901' }, 'management.port'],
    ['gateway', { REDIS_URL: 'memory:' }, 'redis.url'],
    ['chat-worker', { RABBITMQ_URL: 'memory:' }, 'rabbitmq.url'],
  ] as const)("refuses what would be dangerous or can't work: %s with %o", async (service, env, name) => {
    expect((await mistakes(env, service)).join('\n')).toContain(name);
  });

  it('lets another address in once there are keys', async () => {
    await file(`keys: [{ id: a, hash: "${HASH}", role: admin }]`);
    expect(await load({ HOST: '0.0.0.0', MANAGEMENT_HOST: '0.0.0.0' })).toMatchObject({ listen: { host: '0.0.0.0' } });
  });

  it("wants a user for a user's key, and only there", async () => {
    await file(`keys: [{ id: a, hash: "${HASH}", role: user }, { id: b, hash: "${HASH}", role: admin, user: p }]`);
    expect(await mistakes()).toEqual([
      'slipstream.yaml:1: keys[0].user: is required with role user, and refused with every other role',
      'slipstream.yaml:1: keys[1].user: is required with role user, and refused with every other role',
    ]);
  });

  it('names the new name of a renamed setting', async () => {
    await file(`
keys: [{ id: a, hash: "${HASH}", role: person, person: p }]
web: { cache: { personClaim: sub, writes: { /a: { drops: ['person:{person}'], holds: [], holdMs: 1 } } } }`);
    expect(await mistakes()).toEqual([
      'slipstream.yaml:2: keys[0].role: must be one of admin, service, user',
      'slipstream.yaml:2: keys[0].person: was renamed; write user',
      'slipstream.yaml:3: web.cache.writes./a.drops[0]: must say user instead of person (renamed)',
      'slipstream.yaml:3: web.cache.writes./a.holds: was renamed; write cooldownTags',
      'slipstream.yaml:3: web.cache.writes./a.holdMs: was renamed; write cooldownMs',
      'slipstream.yaml:3: web.cache.personClaim: was renamed; write userClaim',
    ]);
  });

  it('refuses a path segment {user}, which in tags is the requesting user', async () => {
    await file('web: { cache: { reads: { "/users/{user}": { class: private, tags: ["user:{user}"] } } } }');
    expect(await mistakes()).toEqual([
      'slipstream.yaml:1: web.cache.reads./users/{user}: must not name a segment {user}: in tags, {user} is ' +
        'the requesting user',
    ]);
  });

  it('says where a file is broken, or that a named one is required', async () => {
    await file('listen: {\n  port: [');
    expect((await mistakes())[0]).toMatch(/slipstream\.yaml:\d+: is not indented/);
    expect((await mistakes({ SLIPSTREAM_CONFIG: 'other.yaml' }))[0]).toContain('check SLIPSTREAM_CONFIG');
    await file('- a\n- list');
    expect((await mistakes())[0]).toContain('must contain settings by name');
  });

  it('distinguishes an alias without its anchor from too many aliases', async () => {
    await file('redis: { url: *s3cret }');
    expect(await mistakes()).toEqual([
      expect.stringMatching(
        /slipstream\.yaml: has an alias \(\*\) without its anchor \(&\) above it; put text .* in quotes$/,
      ),
    ]);
  });

  it('refuses an alias bomb', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join(', ')}]`,
    );
    await file(`l0: &l0 [x, x, x, x, x, x, x, x, x]\n${levels.join('\n')}`);
    expect((await mistakes())[0]).toContain('too many aliases');
  });
});

describe('what is kept beside the code', () => {
  const top = (name: string) => new URL(`../../../${name}`, import.meta.url);

  it('the JSON schema is up to date (npm run config:schema)', async () => {
    expect(JSON.parse(await readFile(top('slipstream.schema.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(configJsonSchema())),
    );
  });

  it('the example can be loaded', async () => {
    await file(await readFile(top('slipstream.example.yaml'), 'utf8'));
    expect(await load()).toMatchObject({ web: { preset: 'open-webui' } });
  });
});
