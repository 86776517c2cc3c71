import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parseAllDocuments } from 'yaml';
import { must } from '../shell.mjs';
import { CRD_FOLDERS, crdFolder, program } from '../tools.mjs';
import { buildOverlay, OVERLAYS, overlayDocuments } from './overlays.mjs';

/** The current version of Kubernetes, and the two before it. */
const KUBERNETES_VERSIONS = ['1.37', '1.36', '1.35'];
/** Critical checks that don't fit: images are pinned by digest or local, and a processor limit would only throttle. */
const NOT_SCORED = ['--ignore-test', 'container-image-pull-policy', '--ignore-container-cpu-limit'];
/** Nodes for trials may not account for their disks, and then run no pod that asks for some. */
const NOT_SCORED_IN_DEV = ['--ignore-test', 'container-ephemeral-storage-request-and-limit'];
const PINNED = /@sha256:[0-9a-f]{64}$/;

/** The manifests by themselves: they build, their fields exist, and they follow good practice. */
export async function checkManifests(report) {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-overlays-'));
  try {
    for (const name of OVERLAYS) await checkOverlay(report, name, join(folder, `${name}.yaml`));
    await report.check('every object of KEDA and Gateway API fits its CRD', fitCrds);
    await report.check('production pins its images by digest', imagesArePinned);
    await report.check('no file of k8s/ holds a Secret', noSecrets);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function checkOverlay(report, name, file) {
  const isBuilt = await report.check(`kustomize build ${name}`, async () => writeFile(file, await buildOverlay(name)));
  if (!isBuilt) return;
  for (const version of KUBERNETES_VERSIONS)
    await report.check(`${name}: schemas of Kubernetes ${version}`, async () => {
      await must(await program('kubernetes-validate'), ['-k', version, '--strict', '--no-warn', '--quiet', file]);
    });
  await report.check(`${name}: kube-score without criticals`, async () => {
    const ignored = name === 'dev' ? [...NOT_SCORED, ...NOT_SCORED_IN_DEV] : NOT_SCORED;
    await must(await program('kube-score'), ['score', ...ignored, file]);
  });
}

async function fitCrds() {
  const schemas = await crdSchemas();
  const ajv = new Ajv({ unknownFormats: 'ignore', logger: false });
  let count = 0;
  for (const name of OVERLAYS) {
    for (const document of await overlayDocuments(name)) {
      const schema = schemas.get(`${document.apiVersion} ${document.kind}`);
      if (!schema) continue;
      count += 1;
      const validate = ajv.compile(schema);
      if (!validate(document)) throw new Error(`${name}: ${document.kind}: ${ajv.errorsText(validate.errors)}`);
    }
  }
  return `${count} objects`;
}

async function crdSchemas() {
  const schemas = new Map();
  for (const source of Object.keys(CRD_FOLDERS)) {
    const folder = await crdFolder(source);
    for (const file of await readdir(folder)) {
      for (const document of parseAllDocuments(await readFile(join(folder, file), 'utf8'))) {
        const { kind, spec } = document.toJS() ?? {};
        if (kind !== 'CustomResourceDefinition') continue;
        for (const { name, schema } of spec.versions)
          schemas.set(`${spec.group}/${name} ${spec.names.kind}`, closed(schema.openAPIV3Schema));
      }
    }
  }
  return schemas;
}

/** As the API server prunes or refuses unknown fields: an object with named properties has no others. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] || schema.additionalProperties !== undefined;
  return schema.type === 'object' && schema.properties && !isOpen
    ? {
        ...copy,
        properties: { ...copy.properties, ...(schema.properties.metadata ? { metadata: {} } : {}) },
        additionalProperties: false,
      }
    : copy;
}

async function imagesArePinned() {
  const documents = await overlayDocuments('production');
  const images = documents.flatMap(({ spec }) => spec?.template?.spec?.containers?.map(({ image }) => image) ?? []);
  const loose = images.filter((image) => !PINNED.test(image));
  if (loose.length > 0 || images.length === 0) throw new Error(`not pinned: ${loose.join(', ')}`);
}

async function noSecrets() {
  for (const name of OVERLAYS) {
    const found = (await overlayDocuments(name)).find(({ kind }) => kind === 'Secret');
    if (found) throw new Error(`${name}: Secret ${found.metadata.name}`);
  }
}
