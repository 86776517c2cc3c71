import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { STACKS_OF_SOURCES } from './node-options.mjs';

const GRAPH = '.nx/node-options-graph.json';
let graph: { nodes: Record<string, { data: { targets: { serve: { options: { command: string } } } } }> };

beforeAll(() => {
  execFileSync('nx', ['graph', `--file=${GRAPH}`], { env: { ...process.env, NX_DAEMON: 'false' }, stdio: 'ignore' });
  ({ graph } = JSON.parse(readFileSync(GRAPH, 'utf8')) as { graph: typeof graph });
}, 60_000);

describe('the stack of an error', () => {
  it('names the line of the source', () => {
    const file = JSON.stringify(new URL('../libs/http/dist/has-body.js', import.meta.url).href);
    const program = `try { (await import(${file})).hasBody(undefined); } catch (error) { console.log(error.stack); }`;
    const args = [...STACKS_OF_SOURCES, '--input-type=module', '-e', program];
    const stack = execFileSync(process.execPath, args).toString();
    expect(stack).toMatch(/libs\/http\/src\/has-body\.ts:\d+:\d+/);
    expect(stack).not.toContain('/dist/has-body.js');
  });
});

describe('npx nx serve', () => {
  it.each(['gateway', 'standalone', 'chat-worker', 'document-worker', 'notification-worker'])(
    'starts %s with the same Node options as npm start',
    (app) => {
      expect(graph.nodes[app]?.data.targets.serve.options.command.split(' ').slice(1, -1)).toEqual(STACKS_OF_SOURCES);
    },
  );
});
