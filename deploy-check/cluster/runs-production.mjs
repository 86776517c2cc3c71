import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overlayDocuments, toYaml } from '../checks/overlays.mjs';
import { imageOf } from '../images/images.mjs';
import { must } from '../shell.mjs';
import { SERVICES } from './comes-up.mjs';
import { applyText, inClient, kubectl, oldPodsEnded, rolledOut } from './kubectl.mjs';

const SUBJECT = 'rehearsal.example.org';

/** The overlay production in dev's place, on dev's stores: TLS and HTTP/2 end at the gateway. */
export async function runsProduction(report) {
  await report.check('production runs on the stores of dev: HTTP/2 over TLS reaches the gateway', async () => {
    await makeCertificate();
    const documents = (await overlayDocuments('production')).filter(({ kind }) => kind !== 'PersistentVolumeClaim');
    await applyText(toYaml(documents.map(forSmallNode)));
    await rolledOut(...SERVICES);
    await oldPodsEnded('gateway'); // they speak plain HTTP
    const answer = (await inClient('https.mjs')).trim();
    if (answer !== `h2 200 ${SUBJECT}`) throw new Error(answer);
    return answer;
  });
}

async function makeCertificate() {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-tls-'));
  try {
    const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const names = ['-subj', `/CN=${SUBJECT}`, '-addext', `subjectAltName=DNS:${SUBJECT}`];
    await must('openssl', ['req', '-x509', '-days', '30', ...algorithm, '-keyout', key, '-out', cert, ...names]);
    await kubectl('create', 'secret', 'tls', 'slipstream-tls', `--cert=${cert}`, `--key=${key}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** With the images that were built here, requests that a node for trials can grant, and folders in place of claims. */
function forSmallNode(document) {
  if (document.kind !== 'Deployment') return document;
  const { spec } = document.spec.template;
  for (const container of spec.containers) {
    container.image = imageOf(document.metadata.name);
    container.resources = { requests: { cpu: '50m', memory: '192Mi' }, limits: { memory: '1Gi' } };
  }
  for (const volume of (spec.volumes ?? []).filter(({ persistentVolumeClaim }) => persistentVolumeClaim)) {
    delete volume.persistentVolumeClaim;
    volume.emptyDir = {};
  }
  return document;
}
