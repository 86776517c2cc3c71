import { runMain } from '../tools/failure.mjs';
import { checkDockerfile } from './checks/dockerfile.mjs';
import { checkManifests } from './checks/manifests.mjs';
import { checkLiveAlerts } from './checks/live-alerts.mjs';
import { checkMonitoring } from './checks/monitoring.mjs';
import { findCluster } from './cluster/cluster.mjs';
import { cleanUp, rehearse } from './cluster/rehearsal.mjs';
import { ensureImage, STORE_IMAGES } from './images/base-images.mjs';
import { findEngine } from './images/engine.mjs';
import { APPS, buildImages, imageOf } from './images/images.mjs';
import { startImages } from './images/start.mjs';
import { Report } from './report.mjs';

/** `cluster`: images and rehearsal alone; `static`: all but them. */
const only = process.argv[2];
const INTERRUPTED = 130;

/** @returns {Promise<number>} exit code */
async function deployCheck() {
  const report = new Report();
  if (only !== 'cluster') {
    await checkDockerfile(report);
    await checkManifests(report);
    await checkMonitoring(report);
    await checkLiveAlerts(report);
  }
  if (only !== 'static') await checkImages(report, only === 'cluster');
  return report.end();
}

async function checkImages(report, isDemanded) {
  const engine = await findEngine();
  if (!engine) return missing(report, isDemanded, 'no images are built: neither podman nor docker answers');
  if (!(await buildImages(report, engine))) return;
  if (!isDemanded) await startImages(report, engine);
  const cluster = await findCluster();
  if (typeof cluster === 'string') return missing(report, isDemanded, `no rehearsal on a cluster: ${cluster}`);
  const stopAtOnce = () => void cluster.stop().finally(() => process.exit(INTERRUPTED));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopAtOnce);
  try {
    report.note(`rehearsal on ${cluster.name}`);
    const isLoaded = await report.check('the cluster has the images', () => loadImages(engine, cluster));
    if (isLoaded) await rehearse(report);
  } finally {
    await cleanUp().catch(() => undefined);
    await cluster.stop();
  }
}

async function loadImages(engine, cluster) {
  const stores = Object.keys(STORE_IMAGES);
  const origins = [];
  for (const name of stores) origins.push(`${name} ${await ensureImage(engine, name)}`);
  await cluster.load([...APPS.filter((app) => app !== 'standalone').map(imageOf), ...stores]);
  return origins.join(', ');
}

/** What this machine can't do is said; asked for by name, it is a failure. */
async function missing(report, isDemanded, reason) {
  if (!isDemanded) return void report.leaveOut(reason);
  await report.check(reason, () => Promise.reject(new Error('asked for by name')));
}

await runMain(deployCheck);
