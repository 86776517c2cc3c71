import { z } from 'zod';

/** What the processes of a group and their supervisor say to each other. */
export const ipcMessage = z.discriminatedUnion('slipstream', [
  /** To all others, by way of the supervisor. */
  z.object({ slipstream: z.literal('broadcast'), topic: z.string(), message: z.unknown() }),
  /** From a process: what does each of us have to say about this? */
  z.object({ slipstream: z.literal('survey-wanted'), id: z.number(), topic: z.string() }),
  /** From the supervisor: what do you? */
  z.object({ slipstream: z.literal('survey-asked'), id: z.number(), topic: z.string() }),
  /** From a process: this, or nothing. */
  z.object({ slipstream: z.literal('survey-told'), id: z.number(), topic: z.string(), answers: z.array(z.unknown()) }),
  /** From the supervisor: what each of so many had to say; some may have kept silent. */
  z.object({
    slipstream: z.literal('survey-done'),
    id: z.number(),
    answers: z.array(z.unknown()),
    size: z.number(),
    silent: z.number(),
  }),
  /** From a process: it serves. */
  z.object({ slipstream: z.literal('up') }),
  /** From a process that serves, every second: it has not stopped. */
  z.object({ slipstream: z.literal('alive') }),
  /** From a process: an unexpected error makes it drain and end. */
  z.object({ slipstream: z.literal('failing') }),
]);

export type IpcMessage = z.infer<typeof ipcMessage>;

/** @returns undefined for what is no message of ours: cluster and libraries use the same channel */
export const readIpc = (unchecked: unknown): IpcMessage | undefined => ipcMessage.safeParse(unchecked).data;
