import type { JobDocument, JobStore } from '@slipstream/chats';
import { LANES } from '@slipstream/contracts';
import type { ModelPool } from '@slipstream/llm';
import { FairTurns, type FairPlaces, type Place } from '@slipstream/rabbitmq';
import type { Generation } from './generation.js';

/**
 * Works through the open jobs of one chat, oldest first. Whoever holds a chat's oldest job goes on to its next, so a
 * wake-up that finds the chat busy has nothing to do. Places are shared fairly by model and user.
 */
export class ChatTurns {
  private readonly turns: FairTurns;

  constructor(
    private readonly jobs: Pick<JobStore, 'claim'>,
    private readonly generation: Pick<Generation, 'run'>,
    private readonly models: Pick<ModelPool, 'models'>,
    places: FairPlaces,
    private readonly leaseMs: number,
  ) {
    this.turns = new FairTurns(places, (chatId, place) => this.turn(chatId, place));
  }

  /** From now on a chat is left after the job that runs; what remains is the sweeper's, in another worker. */
  drain(): void {
    this.turns.drain();
  }

  work(chatId: string): Promise<void> {
    return this.turns.work(chatId);
  }

  /** Does the chat's oldest open job. @returns whether there was one, and so may be another */
  private async turn(chatId: string, place: Place): Promise<boolean> {
    const admit = async (job: JobDocument): Promise<boolean> =>
      place.admit({ group: await this.modelOf(job), user: job.userId, lane: job.lane ?? LANES[0] });
    const claim = await this.jobs.claim(chatId, this.leaseMs, admit);
    if (claim.outcome !== 'claimed') return false;
    await this.generation.run(claim.job);
    return true;
  }

  /** A job that names no model is for the pool's first. */
  private async modelOf({ model }: JobDocument): Promise<string> {
    return model ?? (await this.models.models())[0]?.id ?? '';
  }
}
