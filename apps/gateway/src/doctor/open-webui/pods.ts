import { parseEnv } from 'node:util';
import { parseAllDocuments } from 'yaml';

/** The settings of one Open WebUI, and its number of replicas. */
export interface Pod {
  readonly name: string;
  readonly replicas: number;
  readonly env: Readonly<Record<string, string>>;
  /** Whether `/app/backend/data` is on a volume that other pods mount too. Undefined: not known. */
  readonly hasSharedFiles?: boolean;
}

const DATA = '/app/backend/data';

interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: { name: string; key: string }; configMapKeyRef?: { name: string; key: string } };
}
interface Container {
  name: string;
  image?: string;
  env?: EnvVar[];
  envFrom?: { configMapRef?: { name: string } }[];
  volumeMounts?: { name: string; mountPath: string }[];
}
interface PodSpec {
  containers: Container[];
  volumes?: { name: string; persistentVolumeClaim?: object; nfs?: object; csi?: object }[];
}
interface Manifest {
  kind?: string;
  metadata?: { name?: string };
  data?: Record<string, string>;
  items?: Manifest[];
  spec?: { replicas?: number; template?: { spec?: PodSpec } } & Partial<PodSpec>;
}

/** A line that begins manifests, and no environment file. */
const MANIFEST = /^[ \t]*(?:\{|"?(?:apiVersion|kind)"?[ \t]*:)/m;

/**
 * Reads the settings of Open WebUI.
 * @param text an environment file (`NAME=value` lines), or manifests of Kubernetes in YAML or JSON. In manifests, the
 *   names of Secret and key represent a secret value.
 */
export function podsIn(text: string, name: string): Pod[] {
  if (!MANIFEST.test(text)) return [{ name, replicas: 1, env: envIn(text) }];
  const manifests = parseAllDocuments(text).flatMap((document) => flat(document.toJS() as Manifest | null));
  const maps = new Map(
    manifests.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata, data }) => [metadata?.name, data ?? {}]),
  );
  return manifests.flatMap((manifest) => podsOf(manifest, maps));
}

const envIn = (text: string): Record<string, string> =>
  Object.fromEntries(Object.entries(parseEnv(text)).map(([key, value]) => [key, value ?? '']));

const flat = (manifest: Manifest | null): Manifest[] =>
  manifest === null ? [] : manifest.items ? manifest.items.flatMap(flat) : [manifest];

function podsOf(
  { kind, metadata, spec }: Manifest,
  maps: ReadonlyMap<string | undefined, Record<string, string>>,
): Pod[] {
  const podSpec = kind === 'Pod' ? (spec as PodSpec) : spec?.template?.spec;
  const container = podSpec?.containers.find(({ image, env }) => isOpenWebui(image, env));
  if (!podSpec || !container) return [];
  const fromMaps = (container.envFrom ?? []).map(({ configMapRef }) => maps.get(configMapRef?.name) ?? {});
  const named = (container.env ?? []).map((each) => [each.name, valueOf(each, maps)] as const);
  return [
    {
      name: metadata?.name ?? container.name,
      replicas: spec?.replicas ?? 1,
      env: Object.assign({}, ...fromMaps, Object.fromEntries(named)) as Record<string, string>,
      hasSharedFiles: hasSharedVolume(podSpec, container),
    },
  ];
}

const isOpenWebui = (image = '', env: EnvVar[] = []): boolean =>
  /\/open-webui(?:[:@]|$)/.test(image) || env.some(({ name }) => name === 'WEBUI_SECRET_KEY');

function valueOf({ value, valueFrom }: EnvVar, maps: ReadonlyMap<string | undefined, Record<string, string>>): string {
  const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (secretKeyRef) return `secret:${secretKeyRef.name}/${secretKeyRef.key}`;
  return value ?? maps.get(configMapKeyRef?.name)?.[configMapKeyRef?.key ?? ''] ?? '';
}

function hasSharedVolume({ volumes = [] }: PodSpec, { volumeMounts = [] }: Container): boolean {
  const mount = volumeMounts.find(({ mountPath }) => mountPath === DATA);
  const volume = volumes.find(({ name }) => name === mount?.name);
  return volume?.persistentVolumeClaim !== undefined || volume?.nfs !== undefined || volume?.csi !== undefined;
}
