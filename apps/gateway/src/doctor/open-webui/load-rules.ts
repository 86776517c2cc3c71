import { error, warning } from '../finding.js';
import type { Rule } from './rule.js';

/** PostgreSQL's default of max_connections, less those that it reserves. */
const POSTGRES_CONNECTIONS = 97;
/** SQLAlchemy's defaults. */
const DEFAULT_POOL = 5;
const DEFAULT_OVERFLOW = 10;

/** Rules for one replica under load. */
export const loadRules: readonly Rule[] = [databasePool, allowedOrigins, embeddingEngine, speechEngine];

function databasePool({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  const check = 'open-webui.database-pool';
  const unset = pods.filter(({ env }) => !env.DATABASE_POOL_SIZE).map(({ name }) => name);
  const needed = pods.reduce((sum, { env, replicas }) => {
    const perWorker =
      Number(env.DATABASE_POOL_SIZE || DEFAULT_POOL) + Number(env.DATABASE_POOL_MAX_OVERFLOW || DEFAULT_OVERFLOW);
    return sum + replicas * Number(env.UVICORN_WORKERS || 1) * perWorker;
  }, 0);
  if (needed > POSTGRES_CONNECTIONS)
    return warning(
      check,
      `all replicas together need up to ${needed} connections; PostgreSQL allows ${POSTGRES_CONNECTIONS} by default`,
      `raise max_connections of PostgreSQL above ${needed}, or lower DATABASE_POOL_SIZE and DATABASE_POOL_MAX_OVERFLOW`,
    );
  return unset.length > 0
    ? warning(
        check,
        `${unset.join(', ')}: without DATABASE_POOL_SIZE a replica has ${DEFAULT_POOL + DEFAULT_OVERFLOW} connections`,
        'set DATABASE_POOL_SIZE to twice the requests that a replica processes at a time, such as 20',
      )
    : undefined;
}

function allowedOrigins({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  const check = 'open-webui.cors';
  const remedy =
    "set CORS_ALLOW_ORIGIN of all replicas to the gateway's public address, such as https://chat.example.org";
  if (pods.some(({ env }) => (env.CORS_ALLOW_ORIGIN || '*') === '*'))
    return warning(check, 'CORS_ALLOW_ORIGIN is *: any web page may use a session', remedy);
  const origins = new Set(pods.map(({ env }) => env.CORS_ALLOW_ORIGIN));
  return origins.size > 1 ? error(check, 'replicas have different CORS_ALLOW_ORIGINs', remedy) : undefined;
}

function embeddingEngine({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  return pods.some(({ env }) => !env.RAG_EMBEDDING_ENGINE)
    ? warning(
        'open-webui.embedding',
        'each replica loads an embedding model, and computes embeddings with the processor that serves requests',
        'set RAG_EMBEDDING_ENGINE=openai and RAG_OPENAI_API_BASE_URL',
      )
    : undefined;
}

function speechEngine({ pods }: Parameters<Rule>[0]): ReturnType<Rule> {
  return pods.some(({ env }) => !env.AUDIO_STT_ENGINE)
    ? warning('open-webui.speech', 'each replica loads a speech model', 'set AUDIO_STT_ENGINE=openai')
    : undefined;
}
