import { applyText, inClient, isReady, kubectl, NAMESPACE, podsOf, rolledOut, until } from './kubectl.mjs';

const CASES = [
  {
    name: 'an image that does not exist',
    deployment: 'gateway',
    container: { image: 'localhost/slipstream/gateway:absent' },
    reason: async (pod) => waitingReason(pod, /^(?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull)$/),
  },
  {
    name: 'a Secret without MONGODB_URI',
    deployment: 'gateway',
    secret: 'slipstream-empty',
    reason: (pod) => loggedLine(pod, /MONGODB_URI can't be read|MONGODB_URI_FILE/),
  },
  {
    name: 'a Secret without ADMIN_KEY_HASH',
    deployment: 'gateway',
    container: {
      env: [
        { name: 'ADMIN_KEY_HASH', valueFrom: { secretKeyRef: { name: 'slipstream-empty', key: 'ADMIN_KEY_HASH' } } },
      ],
    },
    reason: (pod) => waitingReason(pod, /couldn't find key ADMIN_KEY_HASH in Secret/),
  },
  {
    name: 'a URL that is none',
    deployment: 'chat-worker',
    container: {
      env: [
        { name: 'RABBITMQ_URL_FILE', $patch: 'delete' },
        { name: 'RABBITMQ_URL', value: 'http://rabbitmq' },
      ],
    },
    reason: (pod) => loggedLine(pod, /rabbitmq\.url \(RABBITMQ_URL\)/),
  },
  {
    name: 'a MongoDB that does not exist',
    deployment: 'chat-worker',
    container: {
      env: [
        { name: 'MONGODB_URI_FILE', $patch: 'delete' },
        { name: 'MONGODB_URI', value: 'mongodb://nowhere.invalid/slipstream' },
      ],
    },
    reason: (pod) => loggedLine(pod, /mongodb.*nowhere\.invalid|nowhere\.invalid.*mongodb/),
  },
];

/** Roll-outs that can't succeed: the new pod never gets ready and says why, the old ones keep serving. */
export async function brokenRollouts(report) {
  await applyText(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'slipstream-empty', namespace: NAMESPACE },
      stringData: { other: 'x' },
    }),
  );
  for (const each of CASES)
    await report.check(`rolled out: ${each.name}; the old pods keep serving`, () => tryCase(each));
}

async function tryCase({ deployment, container, secret, reason }) {
  const before = (await podsOf(deployment)).map(({ metadata }) => metadata.name);
  const spec = {
    containers: [{ name: 'app', ...container }],
    ...(secret ? { volumes: [{ name: 'secret', secret: { secretName: secret } }] } : {}),
  };
  await kubectl('patch', `deployment/${deployment}`, '--patch', JSON.stringify({ spec: { template: { spec } } }));
  try {
    const why = await until('the new pod says why it is not ready', async () => {
      const added = (await podsOf(deployment)).find(({ metadata }) => !before.includes(metadata.name));
      if (added && isReady(added)) throw new Error('the new pod is ready');
      return added && reason(added);
    });
    const old = (await podsOf(deployment)).filter(({ metadata }) => before.includes(metadata.name));
    if (old.length !== before.length || !old.every(isReady)) throw new Error('an old pod is gone or not ready');
    await inClient('main-job.mjs');
    return why;
  } finally {
    await kubectl('rollout', 'undo', `deployment/${deployment}`);
    await rolledOut(deployment);
  }
}

function waitingReason({ status }, pattern) {
  const { reason = '', message = '' } = status.containerStatuses?.[0]?.state.waiting ?? {};
  return [reason, message].find((text) => pattern.test(text));
}

/** One line of the log says it. */
async function loggedLine({ metadata }, pattern) {
  const current = await kubectl('logs', metadata.name).catch(() => '');
  const text = current || (await kubectl('logs', '--previous', metadata.name).catch(() => ''));
  return text
    .split('\n')
    .find((line) => pattern.test(line))
    ?.slice(0, 200);
}
