import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../docker/${name}`, import.meta.url)), 'utf8');

/** The references that podman-compose 1.0 (Debian 12) expands; it leaves others. docker compose expands more. */
const EXPANDED = /\$\{[a-zA-Z_]\w*(?::?-[^}]+|:?\?[^}]+)?\}/g;

describe.each(['compose.yml', 'compose.open-webui.yml'])('docker/%s', (name) => {
  const text = read(name).replace(/^\s*#.*$/gm, '');

  it('has only references that podman-compose expands too', () => {
    expect(text.match(EXPANDED)).not.toBeNull();
    expect(text.replace(EXPANDED, '').match(/.*\$.*/g)).toBeNull();
  });

  it('sets every variable, because podman-compose merges no files where one does not', () => {
    const { services } = parse(text, { merge: true }) as { services: Record<string, { environment?: object }> };
    const unset = Object.values(services).flatMap(({ environment = {} }) =>
      Object.entries(environment).filter(([, value]) => typeof value !== 'string'),
    );
    expect(unset).toEqual([]);
  });
});
