import type { ClientSession, Connection } from 'mongoose';

type AfterCommit = () => Promise<void>;

const pending = new WeakMap<ClientSession, AfterCommit[]>();

/** @returns false if no {@link transaction} runs in this session; then nothing was noted */
export function afterCommit(session: ClientSession, task: AfterCommit): boolean {
  const tasks = pending.get(session);
  tasks?.push(task);
  return tasks !== undefined;
}

/**
 * Runs writes of several documents as one: all are stored, or none. The driver runs `task` again after a temporary
 * error (another transaction has changed a document, the primary changed), for at most two minutes; so that it must
 * have no effect besides its queries, each of which gets the session. The session always ends.
 */
export async function transaction<T>(connection: Connection, task: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = await connection.startSession();
  try {
    const result = await session.withTransaction(() => {
      pending.set(session, []); // the tasks of an attempt that was aborted are not needed
      return task(session);
    });
    for (const each of pending.get(session) ?? []) await each();
    return result;
  } finally {
    pending.delete(session);
    await session.endSession();
  }
}
