import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openWebuiFindings } from './open-webui-checks.js';
import { podsIn } from './pods.js';

const RIGHT = {
  WEBUI_SECRET_KEY: 'a'.repeat(32),
  DATABASE_URL: 'postgresql://db/openwebui',
  DATABASE_POOL_SIZE: '10',
  REDIS_URL: 'redis://redis:6379',
  WEBSOCKET_MANAGER: 'redis',
  STORAGE_PROVIDER: 's3',
  VECTOR_DB: 'pgvector',
  CORS_ALLOW_ORIGIN: 'https://chat.example.org',
  RAG_EMBEDDING_ENGINE: 'openai',
  AUDIO_STT_ENGINE: 'openai',
  ENABLE_DB_MIGRATIONS: 'false',
};
type Settings = Record<string, string>;

const envFile = (change: Settings): string =>
  Object.entries({ ...RIGHT, ...change })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');

function wrongWith(texts: string[], hasStickiness = false): string[] {
  const pods = texts.flatMap((text, index) => podsIn(text, `pod-${index}`));
  const bad = openWebuiFindings(pods, hasStickiness).filter(({ level }) => level !== 'ok');
  expect(bad.every((finding) => 'remedy' in finding && finding.remedy !== '')).toBe(true);
  return bad.map(({ check }) => check);
}
const twoReplicas = (first: Settings, second = first): string[] => [
  envFile({ ENABLE_DB_MIGRATIONS: 'true', ...first }),
  envFile(second),
];

it('finds nothing wrong with two replicas that have the right settings', () => {
  expect(wrongWith(twoReplicas({}))).toEqual([]);
});

it.each<[string, Settings, Settings?]>([
  ['secret-key', { WEBUI_SECRET_KEY: 'another' }, {}],
  ['secret-key', { WEBUI_SECRET_KEY: '' }],
  ['migrations', { ENABLE_DB_MIGRATIONS: 'true' }],
  ['migrations', { ENABLE_DB_MIGRATIONS: 'false' }],
  ['database', { DATABASE_URL: 'sqlite:////app/webui.db' }],
  ['database', { DATABASE_URL: 'postgresql://other/openwebui' }, {}],
  ['redis', { REDIS_URL: '' }],
  ['websockets', { WEBSOCKET_MANAGER: '' }],
  ['websockets', { WEBSOCKET_REDIS_URL: 'redis://other' }, {}],
  ['stickiness', { ENABLE_WEBSOCKET_SUPPORT: 'false' }],
  ['files', { STORAGE_PROVIDER: 'local' }],
  ['vectors', { VECTOR_DB: '' }],
  ['database-pool', { DATABASE_POOL_SIZE: '200' }],
  ['database-pool', { DATABASE_POOL_SIZE: '' }],
  ['cors', { CORS_ALLOW_ORIGIN: '*' }],
  ['cors', { CORS_ALLOW_ORIGIN: 'https://other.example.org' }, {}],
  ['embedding', { RAG_EMBEDDING_ENGINE: '' }],
  ['speech', { AUDIO_STT_ENGINE: '' }],
])('finds %s with %o', (check, first, second) => {
  expect(wrongWith(twoReplicas(first, second))).toEqual([`open-webui.${check}`]);
});

it('accepts polling with stickiness', () => {
  expect(wrongWith(twoReplicas({ ENABLE_WEBSOCKET_SUPPORT: 'false' }), true)).toEqual([]);
});

it('requires nothing shared of a single replica', () => {
  expect(wrongWith([envFile({ WEBUI_SECRET_KEY: '', DATABASE_URL: '', REDIS_URL: '', VECTOR_DB: '' })])).toEqual([]);
});

const overlay = (): Promise<string> =>
  readFile(new URL('../../../../../k8s/overlays/open-webui/open-webui.yaml', import.meta.url), 'utf8');

it('finds nothing wrong with the overlay for Kubernetes', async () => {
  expect(podsIn(await overlay(), 'overlay').map(({ name, replicas }) => [name, replicas])).toEqual([
    ['open-webui-first', 1],
    ['open-webui', 1],
  ]);
  expect(wrongWith([await overlay()])).toEqual([]);
});

it.each([
  ['files', 'persistentVolumeClaim: { claimName: open-webui }', 'emptyDir: {}'],
  ['migrations', 'replicas: 1', 'replicas: 2'],
  ['secret-key', 'name: open-webui, key: WEBUI_SECRET_KEY', 'name: another, key: WEBUI_SECRET_KEY'],
  ['vectors', 'VECTOR_DB: pgvector', 'VECTOR_DB: chroma'],
])('finds %s in manifests', async (check, right, wrong) => {
  const text = await overlay();
  expect(text).toContain(right);
  expect(wrongWith([text.replace(right, wrong)])).toContain(`open-webui.${check}`);
});
