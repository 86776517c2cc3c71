// Writes docs/errors.md. Run after a build.
import { writeFile } from 'node:fs/promises';
import { errorReference } from './error-reference.mjs';

await writeFile(new URL('../docs/errors.md', import.meta.url), errorReference());
