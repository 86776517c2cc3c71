import { kubectl, podsOf, rolledOut, startInClient } from './kubectl.mjs';

/** A worker that is gone without a word. */
export async function losesPods(report) {
  await report.check('kubectl delete pod --force of the chat-workers in mid-answer: the job ends once', async () => {
    const answer = startInClient('slow-answer.mjs');
    await answer.line((line) => line === 'delta');
    const names = (await podsOf('chat-worker')).map(({ metadata }) => metadata.name);
    await kubectl('delete', 'pod', '--force', '--grace-period=0', ...names);
    const end = JSON.parse(await answer.line((line) => line.startsWith('{')));
    const { state, finalEvents, answers, isWhole } = end;
    if (state !== 'succeeded' || finalEvents !== 1 || answers !== 1 || !isWhole) throw new Error(JSON.stringify(end));
    await rolledOut('chat-worker');
    return `${end.attempts} attempts, ${end.resets} resets`;
  });
}
