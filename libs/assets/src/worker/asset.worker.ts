import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { AssetFiles } from './asset-files.js';
import type { ResultMessage, TaskMessage, WorkerSettings } from './messages.js';
import { Tasks } from './tasks.js';
import { TransformerProcess } from './transformer-process.js';
import { WorkerTally } from './worker-tally.js';

const settings = workerData as WorkerSettings;
const tally = new WorkerTally();
const files = new AssetFiles(settings.directory, settings.maxBytes, tally);
const tasks = new Tasks(files, new TransformerProcess(settings.transformTimeoutMs, tally), settings);

/**
 * On Linux this is the priority of this thread alone: requests go before assets. At the lowest one, a busy machine
 * would never finish an asset.
 */
function yieldToRequests(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // a container may forbid it; the work is the same
  }
}

async function resultOf({ id, task }: TaskMessage): Promise<ResultMessage> {
  try {
    return { id, type: 'done', made: await tasks.run(task), report: tally.take() };
  } catch (error) {
    return { id, type: 'failed', reason: String(error), report: tally.take() };
  }
}

yieldToRequests();
parentPort?.on('message', (message: TaskMessage) => {
  void resultOf(message).then((result) =>
    parentPort?.postMessage(result, result.type === 'done' ? [result.made.bytes.buffer] : []),
  );
});
