// Makes the Secrets of a trial in the cluster, so that no file holds one. A Secret that exists is kept.
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, NAMESPACE: namespace } = process.env;
const token = await readFile('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8');
const random = () => randomBytes(24).toString('base64url');

/** @returns whether it was made; false if there is one */
async function make(name, stringData) {
  const address = host.includes(':') ? `[${host}]` : host;
  const response = await fetch(`https://${address}:${port}/api/v1/namespaces/${namespace}/secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData }),
  });
  if (response.status !== 201 && response.status !== 409)
    throw new Error(`Secret ${name} could not be made: ${response.status} ${await response.text()}`);
  const isMade = response.status === 201;
  console.log(`Secret ${name}: ${isMade ? 'made' : 'exists, and is kept'}`);
  return isMade;
}

const [redis, rabbitmq, key] = [random(), random(), `slip_${random()}`];
const isNew = await make('slipstream', {
  MONGODB_URI: `mongodb://mongodb.${namespace}.svc:27017/slipstream`,
  REDIS_URL: `redis://:${redis}@redis.${namespace}.svc:6379`,
  RABBITMQ_URL: `amqp://slipstream:${rabbitmq}@rabbitmq.${namespace}.svc:5672`,
  ADMIN_KEY_HASH: `sha256:${createHash('sha256').update(key).digest('hex')}`,
});
if (isNew) {
  await make('slipstream-stores', {
    REDIS_PASSWORD: redis,
    'rabbitmq.conf': `loopback_users = none\ndefault_user = slipstream\ndefault_pass = ${rabbitmq}\n`,
  });
  // No pod mounts the key itself: kubectl reads it from here.
  await make('slipstream-admin-key', { key });
}
