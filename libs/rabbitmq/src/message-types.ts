import { MESSAGE_SCHEMAS, type MessageType } from '@slipstream/contracts';

/** Payload of a message of type `T`. */
export type PayloadOf<T extends MessageType> = ReturnType<(typeof MESSAGE_SCHEMAS)[T]['parse']>;

export const isMessageType = (type: unknown): type is MessageType =>
  typeof type === 'string' && Object.hasOwn(MESSAGE_SCHEMAS, type);

/** @returns the parsed payload, or its violations by field, without the values */
export function checkPayload(type: MessageType, payload: unknown): { payload: unknown } | { violations: string } {
  const checked = MESSAGE_SCHEMAS[type].safeParse(payload);
  if (checked.success) return { payload: checked.data };
  return {
    violations: checked.error.issues
      .map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`)
      .join('; '),
  };
}
