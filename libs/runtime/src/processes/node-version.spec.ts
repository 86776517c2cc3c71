import { expect, it } from 'vitest';
import { nodeRefusal } from './node-version.js';

it.each(['18.0.0', '20.20.2', '22.19.0', '23.11.1'])('refuses Node %s, and says where a newer one is', (version) => {
  expect(nodeRefusal(version)).toBe(
    `Slipstream needs Node 24 or newer; this is Node ${version}. npm ci installed one: ` +
      'export PATH=$PWD/node_modules/.bin:$PATH',
  );
});

it.each(['24.0.0', '26.10.0', process.versions.node])('accepts Node %s', (version) =>
  expect(nodeRefusal(version)).toBeUndefined(),
);
