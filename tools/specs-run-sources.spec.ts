import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoHealthyBackendsError } from '@slipstream/balancer';
import { hasBody } from '@slipstream/http';
import { describe, expect, it } from 'vitest';
import { SlipstreamError } from '../libs/contracts/src/errors/slipstream-error.js';
import { hasBody as hasBodyOfSource } from '../libs/http/src/has-body.js';
import { ROOT } from './workspace.mjs';

describe('a spec', () => {
  it('runs the sources of a library that it imports by name', () => {
    expect(hasBody).toBe(hasBodyOfSource);
  });

  it('runs the sources of a library that this library imports', () => {
    expect(new NoHealthyBackendsError('web')).toBeInstanceOf(SlipstreamError);
  });

  it.each(readdirSync(join(ROOT, 'libs')))('finds the sources of %s before its build', (library) => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'libs', library, 'package.json'), 'utf8')) as {
      exports: Record<string, Record<string, string>>;
    };
    const entry = exports['.'] ?? {};
    expect(entry.source).toBe('./src/index.ts');
    expect(existsSync(join(ROOT, 'libs', library, 'src/index.ts'))).toBe(true);
    expect(Object.keys(entry).indexOf('source')).toBeLessThan(Object.keys(entry).indexOf('default'));
  });
});
