import { error, warning } from '../finding.js';
import type { Pod } from './pods.js';
import type { Rule } from './rule.js';

/** Rules for several replicas of Open WebUI. */
export const replicaRules: readonly Rule[] = [
  oneSecretKey,
  oneMigration,
  sharedDatabase,
  sharedRedis,
  websocketManager,
  stickyPolling,
  sharedFiles,
  sharedVectors,
];

/** The value of a setting in each pod. */
const valuesOf = (pods: readonly Pod[], name: string): (string | undefined)[] =>
  pods.map(({ env }) => env[name] || undefined);
const differs = (pods: readonly Pod[], name: string): boolean => new Set(valuesOf(pods, name)).size > 1;
const misses = (pods: readonly Pod[], name: string): string[] =>
  pods.filter(({ env }) => !env[name]).map((pod) => pod.name);

function oneSecretKey({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  const check = 'open-webui.secret-key';
  const remedy = 'give all replicas the same WEBUI_SECRET_KEY: openssl rand -hex 32';
  const missing = misses(pods, 'WEBUI_SECRET_KEY');
  if (missing.length > 0) return error(check, `${missing.join(', ')}: WEBUI_SECRET_KEY is not set`, remedy);
  return differs(pods, 'WEBUI_SECRET_KEY')
    ? error(check, 'replicas have different WEBUI_SECRET_KEYs: a session of one is invalid at the others', remedy)
    : undefined;
}

function oneMigration({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  const check = 'open-webui.migrations';
  const migrating = pods.filter(({ env }) => env.ENABLE_DB_MIGRATIONS?.toLowerCase() !== 'false');
  const count = migrating.reduce((sum, { replicas }) => sum + replicas, 0);
  if (count > 1)
    return error(
      check,
      `${count} replicas change the schema of the database at the same time`,
      'set ENABLE_DB_MIGRATIONS=false on all replicas but one',
    );
  return count === 0
    ? warning(check, 'no replica changes the schema: upgrades fail', 'set ENABLE_DB_MIGRATIONS=true on one replica')
    : undefined;
}

function sharedDatabase({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  const urls = valuesOf(pods, 'DATABASE_URL');
  const isLocal = urls.some((url) => url === undefined || url.startsWith('sqlite'));
  return isLocal || differs(pods, 'DATABASE_URL')
    ? error(
        'open-webui.database',
        isLocal ? 'replicas use SQLite files' : 'replicas use different databases',
        'set DATABASE_URL of all replicas to one PostgreSQL',
      )
    : undefined;
}

function sharedRedis({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  return misses(pods, 'REDIS_URL').length > 0 || differs(pods, 'REDIS_URL')
    ? error(
        'open-webui.redis',
        'replicas share no Redis: a sign-out or a changed setting does not reach the others',
        'set REDIS_URL of all replicas to one Redis',
      )
    : undefined;
}

function websocketManager({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  const check = 'open-webui.websockets';
  const wrong = pods.filter(({ env }) => env.WEBSOCKET_MANAGER !== 'redis').map(({ name }) => name);
  if (wrong.length > 0)
    return error(
      check,
      `${wrong.join(', ')}: WEBSOCKET_MANAGER is not redis: answers do not reach browsers at other replicas`,
      'set WEBSOCKET_MANAGER=redis and WEBSOCKET_REDIS_URL',
    );
  return differs(pods, 'WEBSOCKET_REDIS_URL')
    ? error(
        check,
        'replicas have different WEBSOCKET_REDIS_URLs',
        'set WEBSOCKET_REDIS_URL of all replicas to one Redis',
      )
    : undefined;
}

/** Long polling of Socket.IO keeps a session in one replica. */
function stickyPolling({ pods, hasStickiness }: Parameters<Rule>[0]): ReturnType<Rule> {
  const polls = pods.some(({ env }) => env.ENABLE_WEBSOCKET_SUPPORT?.toLowerCase() === 'false');
  return polls && !hasStickiness
    ? error(
        'open-webui.stickiness',
        'ENABLE_WEBSOCKET_SUPPORT=false polls, and the gateway sends polls of one session to different replicas',
        'set web.stickiness: { type: cookie }, or ENABLE_WEBSOCKET_SUPPORT=true',
      )
    : undefined;
}

const OBJECT_STORES = new Set(['s3', 'gcs', 'azure']);

function sharedFiles({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  const check = 'open-webui.files';
  const remedy = 'set STORAGE_PROVIDER=s3 (gcs, azure), or mount one ReadWriteMany volume at /app/backend/data';
  const local = pods.filter(({ env }) => !OBJECT_STORES.has(env.STORAGE_PROVIDER ?? ''));
  if (local.some(({ hasSharedFiles }) => hasSharedFiles === false))
    return error(check, 'uploaded files are in the replica that received them', remedy);
  return local.some(({ hasSharedFiles }) => hasSharedFiles === undefined)
    ? warning(check, 'uploaded files are in a local folder, which all replicas must share', remedy)
    : undefined;
}

function sharedVectors({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  const isLocal = pods.some(({ env }) => (env.VECTOR_DB || 'chroma') === 'chroma' && !env.CHROMA_HTTP_HOST);
  return isLocal
    ? error(
        'open-webui.vectors',
        'replicas write one Chroma folder, which damages it',
        'set VECTOR_DB=pgvector (or qdrant, milvus, …), or CHROMA_HTTP_HOST',
      )
    : undefined;
}
