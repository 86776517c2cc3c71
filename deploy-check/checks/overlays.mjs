import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import { findOnPath } from '../../tools/run.mjs';
import { must } from '../shell.mjs';
import { program } from '../tools.mjs';

const FOLDER = fileURLToPath(new URL('../../k8s/overlays', import.meta.url));
export const OVERLAYS = readdirSync(FOLDER);

/** What an overlay makes, as kubectl apply -k would send it. @returns {Promise<string>} YAML documents */
export async function buildOverlay(name) {
  const folder = `${FOLDER}/${name}`;
  if (findOnPath('kubectl')) return must('kubectl', ['kustomize', folder]);
  return must(await program('kustomize'), ['build', folder]);
}

export const overlayDocuments = async (name) =>
  parseAllDocuments(await buildOverlay(name)).map((document) => document.toJS());

export const toYaml = (documents) => documents.map((document) => stringify(document)).join('---\n');
