import type { NewSpan } from '@slipstream/contracts';
import type { CallKind } from './model-failures.js';

/** Names of OpenTelemetry's conventions for generative AI. */
const OPERATIONS: Readonly<Record<string, string>> = {
  '/chat/completions': 'chat',
  '/completions': 'text_completion',
  '/embeddings': 'embeddings',
};

/** Returns name and attributes of the spans of a model call. They contain no text of question or answer. */
export function modelCall({ model, path }: CallKind): Pick<NewSpan, 'name' | 'attributes'> {
  const operation = OPERATIONS[path.split('?', 1)[0]!] ?? 'call';
  return {
    name: `${operation} ${model}`,
    attributes: { 'gen_ai.operation.name': operation, 'gen_ai.request.model': model },
  };
}
