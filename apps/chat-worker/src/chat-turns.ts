import type { JobDocument, JobStore } from '@slipstream/chats';
import { LANES } from '@slipstream/contracts';
import type { ModelPool } from '@slipstream/llm';
import { FairTurns, type FairPlaces, type Place } from '@slipstream/rabbitmq';
import type { Generation } from './generation.js';

/**
 * Runs the open jobs of one chat, oldest first. The worker with the claim on the oldest job continues with the next
 * one, so a wake-up for a busy chat has no effect. Places are shared fairly by model and user.
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

  /** Stops after the running job; the sweeper wakes another worker for the rest. */
  drain(): void {
    this.turns.drain();
  }

  work(chatId: string): Promise<void> {
    return this.turns.work(chatId);
  }

  /** Runs the chat's oldest open job. @returns whether there was one, so that another may follow */
  private async turn(chatId: string, place: Place): Promise<boolean> {
    const admit = async (job: JobDocument): Promise<boolean> =>
      place.admit({ group: await this.modelOf(job), user: job.userId, lane: job.lane ?? LANES[0] });
    const claim = await this.jobs.claim(chatId, this.leaseMs, admit);
    if (claim.outcome !== 'claimed') return false;
    await this.generation.run(claim.job);
    return true;
  }

  /** A job without a model uses the pool's first one. */
  private async modelOf({ model }: JobDocument): Promise<string> {
    return model ?? (await this.models.models())[0]?.id ?? '';
  }
}
