import type { EventLog } from '@slipstream/events';

/**
 * The text that readers of a job have by now, as its event log tells it; none when the log is away, or has forgotten
 * it.
 */
export async function toldText(log: Pick<EventLog, 'read'>, jobId: string): Promise<string> {
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
