// Writes slipstream.schema.json, which editors check slipstream.yaml against. Run after `npm run build`.
import { writeFile } from 'node:fs/promises';
import { configJsonSchema } from '@slipstream/config';

await writeFile(new URL('../slipstream.schema.json', import.meta.url), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
