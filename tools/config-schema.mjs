// Writes slipstream.schema.json, which editors check slipstream.yaml against, and docs/configuration.md. Run after `npm
// run build`.
import { writeFile } from 'node:fs/promises';
import { configJsonSchema, configReference } from '@slipstream/config';

const top = (name) => new URL(`../${name}`, import.meta.url);
await writeFile(top('slipstream.schema.json'), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
await writeFile(top('docs/configuration.md'), configReference());
