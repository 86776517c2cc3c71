import { SERVICES } from './comes-up.mjs';
import { kubectl, podsOf, rolledOut, until } from './kubectl.mjs';
import { underLoad } from './load.mjs';

/** Upgrades and scaling, as clients see them. Ends with two gateways and two chat-workers. */
export async function rollsUnderLoad(report) {
  await report.check('kubectl rollout restart of every deployment under load: no failed request, no lost job', () =>
    underLoad(async () => {
      await kubectl('rollout', 'restart', ...[...SERVICES, 'web'].map((name) => `deployment/${name}`));
      await rolledOut(...SERVICES, 'web');
      await Promise.all(SERVICES.map((name) => podCount(name, 1)));
    }),
  );
  await report.check('kubectl scale of gateway and chat-worker up to 3 and down to 2 under load', () =>
    underLoad(async () => {
      await scaleTo(3);
      await scaleTo(2);
    }),
  );
}

async function scaleTo(replicas) {
  await kubectl('scale', `--replicas=${replicas}`, 'deployment/gateway', 'deployment/chat-worker');
  await rolledOut('gateway', 'chat-worker');
  await Promise.all(['gateway', 'chat-worker'].map((name) => podCount(name, replicas)));
}

/** Resolves when there are no others, those included that still end. */
const podCount = (name, count) =>
  until(`${count} pods of ${name}`, async () => {
    const names = await kubectl('get', 'pods', '-l', `app.kubernetes.io/name=${name}`, '-o', 'name');
    return names.trim().split('\n').length === count && (await podsOf(name)).length === count;
  });
