import { inClient, isReady, kubectl, podsOf, rolledOut, tryKubectl } from './kubectl.mjs';

/** A node is emptied: the budget keeps a gateway until another is ready. */
export async function drainsWithinBudget(report) {
  await report.check('kubectl drain: the PodDisruptionBudget keeps one of two gateways', async () => {
    const [{ spec }] = await podsOf('gateway');
    const selector = '--pod-selector=app.kubernetes.io/name=gateway';
    try {
      const { code, stdout, stderr } = await tryKubectl(
        'drain',
        spec.nodeName,
        selector,
        '--delete-emptydir-data',
        '--timeout=20s',
      );
      const isHeld = /would violate the pod's disruption budget/.test(stdout + stderr);
      if (code !== 0 && !isHeld) throw new Error(stderr);
      if (!(await podsOf('gateway')).some(isReady)) throw new Error('no gateway is left');
      await inClient('main-job.mjs');
      return isHeld ? 'the second eviction was refused' : 'the pods went to other nodes one after another';
    } finally {
      await kubectl('uncordon', spec.nodeName);
      await rolledOut('gateway');
    }
  });
}
