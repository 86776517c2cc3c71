import { configSchema } from './schema.js';

/** JSON schema of `slipstream.yaml`, for editors. */
export function configJsonSchema(): object {
  const schema = configSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  return { title: 'slipstream.yaml', ...schema, required: undefined, properties: withoutRequired(schema.properties ?? {}) };
}

/** Sections whose defaults depend on the service need not be given in the file. */
const withoutRequired = (sections: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, { ...(section as object), required: undefined }]));
