import { randomUUID } from 'node:crypto';
import { MESSAGE_SCHEMAS, MESSAGE_SCHEMA_VERSION, type MessageType } from '@slipstream/contracts';
import type { Delivery, OutgoingMessage } from './broker.js';
import { checkPayload, isMessageType } from './message-types.js';

/** Names of our headers. The attempt is our own, because what brokers count as a delivery differs between versions. */
export const HEADERS = {
  attempt: 'slipstream-attempt',
  schemaVersion: 'slipstream-schema-version',
  requestId: 'slipstream-request-id',
  traceparent: 'traceparent',
  deadline: 'slipstream-deadline',
  deadReason: 'slipstream-dead-reason',
  deadAt: 'slipstream-dead-at',
} as const;

/** A message as it lies in a queue: bytes and AMQP properties. Both drivers keep it in this form. */
export interface WireMessage {
  content: Buffer;
  properties: { messageId?: unknown; type?: unknown; headers?: Record<string, unknown> };
}

/** A message that no handler could make sense of: unknown type, broken JSON, or a payload that fails its schema. */
export class UnreadableMessageError extends Error {
  override name = 'UnreadableMessageError';
}

export function encode(message: OutgoingMessage): WireMessage {
  const headers = {
    [HEADERS.attempt]: 1,
    [HEADERS.schemaVersion]: MESSAGE_SCHEMA_VERSION,
    ...(message.requestId !== undefined && { [HEADERS.requestId]: message.requestId }),
    ...(message.traceparent !== undefined && { [HEADERS.traceparent]: message.traceparent }),
    ...(message.deadline !== undefined && { [HEADERS.deadline]: message.deadline.toISOString() }),
  };
  return {
    content: Buffer.from(JSON.stringify(message.payload)),
    properties: { messageId: message.id, type: message.type, headers },
  };
}

/** @throws UnreadableMessageError */
export function decode({ content, properties }: WireMessage, redelivered: boolean): Delivery {
  const type = typeOf(properties.type);
  const headers = properties.headers ?? {};
  return {
    id: text(properties.messageId) ?? randomUUID(),
    type,
    payload: payloadOf(type, content),
    requestId: text(headers[HEADERS.requestId]),
    traceparent: text(headers[HEADERS.traceparent]),
    deadline: date(headers[HEADERS.deadline]),
    attempt: positive(headers[HEADERS.attempt]),
    schemaVersion: positive(headers[HEADERS.schemaVersion]),
    redelivered,
  };
}

/** A copy for the next attempt. */
export const nextAttempt = (message: WireMessage): WireMessage =>
  copyWith(message, { [HEADERS.attempt]: positive(message.properties.headers?.[HEADERS.attempt]) + 1 });

/** A copy for the dead letters. */
export const deadLetter = (message: WireMessage, reason: string): WireMessage =>
  copyWith(message, { [HEADERS.deadReason]: reason, [HEADERS.deadAt]: new Date().toISOString() });

/** Only our headers are taken along: a broker's own (`x-death`, `x-delivery-count`) mean nothing on a new message. */
function copyWith({ content, properties }: WireMessage, added: Record<string, unknown>): WireMessage {
  const ours = Object.values(HEADERS)
    .map((name) => [name, properties.headers?.[name]] as const)
    .filter(([, value]) => value !== undefined);
  return {
    content,
    properties: {
      messageId: text(properties.messageId) ?? randomUUID(),
      type: text(properties.type),
      headers: { ...Object.fromEntries(ours), ...added },
    },
  };
}

function typeOf(type: unknown): MessageType {
  if (isMessageType(type)) return type;
  const named = typeof type === 'string' && type !== '' ? `unknown message type '${type.slice(0, 100)}'` : 'no message type';
  throw new UnreadableMessageError(`${named}; known are ${Object.keys(MESSAGE_SCHEMAS).join(', ')}`);
}

function payloadOf(type: MessageType, content: Buffer): unknown {
  const checked = checkPayload(type, parse(content));
  if ('faults' in checked) throw new UnreadableMessageError(`payload doesn't fit '${type}': ${checked.faults}`);
  return checked.payload;
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    // The parser's own message quotes the contents, which don't belong in a log.
    throw new UnreadableMessageError('payload is not JSON');
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const positive = (value: unknown): number => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 1);

function date(value: unknown): Date | undefined {
  const parsed = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
