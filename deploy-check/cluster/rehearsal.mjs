import { kubectl, NAMESPACE, tryKubectl } from './kubectl.mjs';
import { brokenRollouts } from './broken-rollouts.mjs';
import { comesUp } from './comes-up.mjs';
import { drainsWithinBudget } from './drains.mjs';
import { losesPods } from './loses-pods.mjs';
import { losesStores } from './loses-stores.mjs';
import { otherOverlays } from './other-overlays.mjs';
import { rollsUnderLoad } from './rolls-under-load.mjs';

/**
 * Installs Slipstream on the cluster that KUBECONFIG names, and does to it what operators and nodes do. Each part goes
 * on where the one before has left the cluster.
 * @param {import('../report.mjs').Report} report
 */
export async function rehearse(report) {
  const isUp = await comesUp(report);
  if (isUp) {
    await rollsUnderLoad(report);
    await losesPods(report);
    await losesStores(report);
    await brokenRollouts(report);
    await drainsWithinBudget(report);
  } else await explain();
  await otherOverlays(report, isUp);
}

/** What the cluster says of a start that failed. */
async function explain() {
  console.log((await tryKubectl('get', 'pods', '-o', 'wide')).stdout);
  console.log((await tryKubectl('get', 'events', '--sort-by=.lastTimestamp')).stdout.split('\n').slice(-20).join('\n'));
}

/** Removes what the rehearsal installed. */
export async function cleanUp() {
  await kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false');
}
