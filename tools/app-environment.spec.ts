import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { APP_ENVIRONMENT } from './node-options.mjs';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

interface Workload {
  kind: string;
  spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
}

describe('the environment that npm start gives an app', () => {
  it('is that of the document-worker in compose.yml', () => {
    const { services } = parse(read('docker/compose.yml'), { merge: true }) as {
      services: Record<string, { environment: object }>;
    };
    expect(services['document-worker']?.environment).toMatchObject(APP_ENVIRONMENT);
  });

  it('is that of the document-worker in the manifests of Kubernetes', () => {
    const all = parseAllDocuments(read('k8s/base/document-worker.yaml')).map((each) => each.toJS() as Workload);
    const env = all.find(({ spec }) => spec?.template)?.spec.template.spec.containers[0]?.env ?? [];
    expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toMatchObject(APP_ENVIRONMENT);
  });
});
