import { overlayDocuments, toYaml } from '../checks/overlays.mjs';
import { CRD_FOLDERS, crdFolder } from '../tools.mjs';
import { must, run } from '../shell.mjs';
import { until } from './kubectl.mjs';
import { runsProduction } from './runs-production.mjs';

const OVERLAYS = ['production', 'production-gateway-api', 'open-webui'];

/**
 * What cannot run here, for want of a cloud and a registry, is accepted: schemas, CRDs, and pods as restricted.
 * @param {boolean} isUp whether dev runs, whose stores production can use
 */
export async function otherOverlays(report, isUp) {
  const hasCrds = await report.check('the CRDs of Gateway API and KEDA are installed', async () => {
    for (const source of Object.keys(CRD_FOLDERS))
      await must('kubectl', ['apply', '--server-side', '-f', await crdFolder(source)]);
  });
  if (!hasCrds) return;
  if (isUp) await runsProduction(report);
  for (const name of OVERLAYS)
    await report.check(`kubectl apply of ${name} is accepted, pods as restricted`, () => accepted(name));
}

async function accepted(name) {
  const namespace = `slipstream-${name}`;
  const documents = inNamespace(await overlayDocuments(name), namespace);
  try {
    const { code, stdout, stderr } = await run('kubectl', ['apply', '-f', '-'], { input: toYaml(documents) });
    if (code !== 0 || /Warning/.test(stderr)) throw new Error(stderr || stdout);
    const deployments = documents.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name);
    await until('a pod of each deployment', async () => {
      const pods = await must('kubectl', ['-n', namespace, 'get', 'pods', '-o', 'name']);
      return deployments.every((deployment) => pods.includes(`pod/${deployment}-`));
    });
    return `${documents.length} objects, a pod of each of ${deployments.length} deployments`;
  } finally {
    await run('kubectl', ['delete', 'namespace', namespace, '--wait=false']);
  }
}

/** The same objects in a namespace of their own, beside the one that runs. */
function inNamespace(documents, namespace) {
  return documents.map((document) =>
    document.kind === 'Namespace'
      ? { ...document, metadata: { ...document.metadata, name: namespace } }
      : { ...document, metadata: { ...document.metadata, namespace } },
  );
}
