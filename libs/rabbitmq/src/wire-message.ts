import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { LANES, type Lane, MESSAGE_SCHEMAS, MESSAGE_SCHEMA_VERSION, type MessageType } from '@slipstream/contracts';
import type { DeadLetter, Delivery, OutgoingMessage } from './broker.js';
import { checkPayload, isMessageType } from './message-types.js';

/** Names of our headers. The attempt is our own, because broker versions count deliveries differently. */
export const HEADERS = {
  attempt: 'slipstream-attempt',
  schemaVersion: 'slipstream-schema-version',
  lane: 'slipstream-lane',
  sentAt: 'slipstream-sent-at',
  requestId: 'slipstream-request-id',
  traceparent: 'traceparent',
  deadline: 'slipstream-deadline',
  deadReason: 'slipstream-dead-reason',
  deadAt: 'slipstream-dead-at',
} as const;

const xDeath = z.array(z.object({ time: z.object({ value: z.number() }) }));

/** A message in a queue: bytes and AMQP properties. Both drivers use this form. */
export interface WireMessage {
  content: Buffer;
  properties: { messageId?: unknown; type?: unknown; headers?: Record<string, unknown> };
}

/** A message that no handler can read: unknown type, invalid JSON, or a payload that violates its schema. */
export class UnreadableMessageError extends Error {
  override name = 'UnreadableMessageError';
}

export function encode(message: OutgoingMessage): WireMessage {
  const headers = {
    [HEADERS.attempt]: 1,
    [HEADERS.schemaVersion]: MESSAGE_SCHEMA_VERSION,
    [HEADERS.lane]: message.lane ?? LANES[0],
    [HEADERS.sentAt]: new Date().toISOString(),
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
    lane: laneOf({ properties }),
    sentAt: sentAtOf({ properties }),
    redelivered,
  };
}

/** Returns a copy for the next attempt. */
export const nextAttempt = (message: WireMessage): WireMessage =>
  copyWith(message, { [HEADERS.attempt]: positive(message.properties.headers?.[HEADERS.attempt]) + 1 });

/** Returns a copy for the dead letters. */
export const deadLetter = (message: WireMessage, reason: string): WireMessage =>
  copyWith(message, { [HEADERS.deadReason]: reason, [HEADERS.deadAt]: new Date().toISOString() });

/** Returns a copy of a dead letter for a first attempt, without its deadline: a replay is wanted at any time. */
export function revived(message: WireMessage): WireMessage {
  const copy = copyWith(message, { [HEADERS.attempt]: 1 });
  const {
    [HEADERS.deadReason]: _reason,
    [HEADERS.deadAt]: _at,
    [HEADERS.deadline]: _deadline,
    ...headers
  } = copy.properties.headers ?? {};
  return { ...copy, properties: { ...copy.properties, headers } };
}

/** Returns the view of a dead letter for operators. */
export function describeDeadLetter({ content, properties }: WireMessage): DeadLetter {
  const headers = properties.headers ?? {};
  return {
    id: text(properties.messageId),
    type: text(properties.type),
    lane: laneOf({ properties }),
    reason: text(headers[HEADERS.deadReason]) ?? reasonOfBroker(headers),
    deadAt: date(headers[HEADERS.deadAt]) ?? deadAtOfBroker(headers),
    sentAt: sentAtOf({ properties }),
    attempt: positive(headers[HEADERS.attempt]),
    requestId: text(headers[HEADERS.requestId]),
    sizeBytes: content.length,
  };
}

/** Returns the lane of the sender; interactive if it is unknown. */
export const laneOf = ({ properties }: Pick<WireMessage, 'properties'>): Lane =>
  LANES.find((lane) => lane === properties.headers?.[HEADERS.lane]) ?? LANES[0];

export const sentAtOf = ({ properties }: Pick<WireMessage, 'properties'>): Date | undefined =>
  date(properties.headers?.[HEADERS.sentAt]);

/**
 * `x-death` is a list of `{queue, reason, time, count}`, the latest first, with times in seconds as amqplib returns
 * them.
 */
function deadAtOfBroker({ 'x-death': deaths }: Record<string, unknown>): Date | undefined {
  const checked = xDeath.safeParse(deaths);
  return checked.data?.[0] && valid(new Date(checked.data[0].time.value * 1_000));
}

/** RabbitMQ's own dead letters have their reason in `x-first-death-reason`. */
function reasonOfBroker(headers: Record<string, unknown>): string {
  const reason = text(headers['x-first-death-reason']);
  if (reason === 'delivery_limit')
    return 'delivery_limit: delivered too often without an acknowledgement; its handler may crash the process';
  return reason ?? 'unknown';
}

/** Only our headers are copied: a broker's own (`x-death`, `x-delivery-count`) are meaningless on a new message. */
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
  const named =
    typeof type === 'string' && type !== '' ? `unknown message type '${type.slice(0, 100)}'` : 'no message type';
  throw new UnreadableMessageError(`${named}; known are ${Object.keys(MESSAGE_SCHEMAS).join(', ')}`);
}

function payloadOf(type: MessageType, content: Buffer): unknown {
  const checked = checkPayload(type, parse(content));
  if ('violations' in checked)
    throw new UnreadableMessageError(`payload does not match '${type}': ${checked.violations}`);
  return checked.payload;
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    // The parser's message quotes the contents, which must not be logged.
    throw new UnreadableMessageError('payload is not JSON');
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const positive = (value: unknown): number => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 1);

const date = (value: unknown): Date | undefined => (typeof value === 'string' ? valid(new Date(value)) : undefined);

/** The sender may be foreign and the value anything; an invalid time has no text form. */
const valid = (date: Date): Date | undefined => (Number.isNaN(date.getTime()) ? undefined : date);
