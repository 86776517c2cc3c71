import type { Config } from '@slipstream/config';
import type { Deployment } from './deployment.js';
import { error, ok, type Finding } from './finding.js';

/** Checks what several processes need to share. */
export const scaleFindings = (config: Config, deployment: Deployment): Finding[] => [
  sharedRedisFinding(config, deployment),
  vectorsFinding(config, deployment),
  overlayFinding(config, deployment),
];

function sharedRedisFinding({ redis }: Config, { processes }: Deployment): Finding {
  const check = 'scale.redis';
  return processes > 1 && redis.url === 'memory:'
    ? error(check, `${processes} processes share no Redis: purges and events do not reach the others`, 'set REDIS_URL')
    : ok(check, processes > 1 ? 'all processes share one Redis' : 'one process');
}

function vectorsFinding({ documents }: Config, { replicas }: Deployment): Finding {
  const check = 'scale.vectors';
  const count = replicas['document-worker'] ?? replicas.standalone ?? 1;
  return count > 1 && !documents.vectorsUrl.startsWith('s3://')
    ? error(
        check,
        `${count} document-workers would write one folder: ${documents.vectorsUrl}`,
        'run one document-worker, or set documents.vectorsUrl to s3://BUCKET/PATH',
      )
    : ok(check, documents.vectorsUrl.startsWith('s3://') ? 'in object storage' : 'one process uses the folder');
}

function overlayFinding({ web }: Config, { replicas }: Deployment): Finding {
  const check = 'scale.overlay';
  const count = replicas.gateway ?? replicas.standalone ?? 1;
  return count > 1 && web.overlayStore === 'file'
    ? error(check, `${count} gateways would each have their own changes of backends`, 'set web.overlayStore to mongodb')
    : ok(check, 'changes of backends reach all gateways');
}
