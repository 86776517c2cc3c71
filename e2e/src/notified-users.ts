import { expect, vi } from 'vitest';
import { Client } from './client.js';

export interface Status {
  state: string;
  deliveries: { channel: string; state: string; attempts: { outcome: string; code?: string; status?: number }[] }[];
}
export interface Preferences {
  channels: string[];
  kinds: Record<string, string[]>;
  webhook?: { url: string; secret?: string };
}
export interface Item {
  id: string;
  kind: string;
  title: string;
  text: string;
  isRead: boolean;
}

/** Somebody's client, where `slip_service` is a key of role service. */
export const asUser = (url: string, userId: string) =>
  new Client(url, { authorization: 'Bearer slip_service', 'x-slipstream-user': userId });

/** A new person, and a client that acts for them. */
export async function newUser(url: string, email?: string): Promise<{ id: string; client: Client }> {
  const { id } = await new Client(url, { authorization: 'Bearer slip_service' }).make<{ id: string }>('/users', {
    name: 'Ada',
    email,
  });
  return { id, client: asUser(url, id) };
}

/** Notifies. @returns the notification's id */
export async function send(client: Client, body: object, headers: Record<string, string> = {}): Promise<string> {
  const answer = await client.call<{ notificationId: string; statusUrl: string }>(
    'POST',
    '/notifications',
    body,
    headers,
  );
  expect([answer.status, answer.text]).toEqual([202, expect.stringContaining('/slipstream/v1/notifications/')]);
  return answer.json.notificationId;
}

/** The delivery log, once every delivery has come to an end. */
export async function settled(client: Client, id: string): Promise<Status> {
  return vi.waitFor(
    async () => {
      const { json } = await client.call<Status>('GET', `/notifications/${id}`);
      expect(json.state).toBe('dispatched');
      expect(json.deliveries.filter(({ state }) => state === 'pending')).toEqual([]);
      return json;
    },
    { timeout: 20_000, interval: 50 },
  );
}

/** Replaces a person's preferences. @returns what is stored */
export async function prefer(client: Client, id: string, preferences: object): Promise<Preferences> {
  const answer = await client.call<Preferences>('PUT', `/users/${id}/notification-preferences`, preferences);
  expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
  return answer.json;
}

/** What one says to somebody. */
export const hello = (userId: string, more: object = {}) => ({
  userId,
  data: { title: 'Hello', text: 'There you are.' },
  ...more,
});
