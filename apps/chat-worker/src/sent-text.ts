import type { EventLog } from '@slipstream/events';

/**
 * Returns the text that subscribers of a job have, from its event log. Undefined if the log is unreachable, or has lost
 * the events.
 */
export async function sentText(log: Pick<EventLog, 'read'>, jobId: string): Promise<string> {
  let text = '';
  try {
    for (let page = await log.read(jobId); page.length > 0; page = await log.read(jobId, page.at(-1)!.id)) {
      for (const { event } of page) {
        if (event.type === 'message-reset') text = '';
        if (event.type === 'message-delta') text += event.delta;
      }
    }
    return text;
  } catch {
    return '';
  }
}
