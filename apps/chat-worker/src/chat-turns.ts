import { LANES, type Lane } from '@slipstream/contracts';
import type { ModelPool } from '@slipstream/llm';
import type { JobDocument, JobStore } from '@slipstream/mongo';
import type { Generation } from './generation.js';
import type { ModelPlaces } from './model-places.js';

/**
 * Works through the open jobs of one chat, oldest first. Whoever holds a chat's oldest job goes on to its next, so a
 * wake-up that finds the chat busy has nothing to do; and whoever gives a model's place back goes on with the chats that
 * wait for it.
 */
export class ChatTurns {
  private draining = false;

  constructor(
    private readonly jobs: Pick<JobStore, 'claim'>,
    private readonly generation: Pick<Generation, 'run'>,
    private readonly models: Pick<ModelPool, 'models'>,
    private readonly places: ModelPlaces,
    private readonly leaseMs: number,
  ) {}

  /** From now on a chat is left after the job that runs; what remains is the sweeper's, in another worker. */
  drain(): void {
    this.draining = true;
  }

  async work(chatId: string): Promise<void> {
    let freed: string | undefined;
    for (let next: string | undefined = chatId; next !== undefined && !this.draining; next = freed === undefined ? undefined : this.places.next(freed)) {
      freed = (await this.turn(next)) ?? freed;
    }
  }

  /** Does the chat's oldest open job. @returns the model whose place was taken for it, and is free again */
  private async turn(chatId: string): Promise<string | undefined> {
    let taken: { model: string; lane: Lane } | undefined;
    const admit = async (job: JobDocument): Promise<boolean> => {
      const place = { model: await this.modelOf(job), lane: job.lane ?? LANES[0] };
      const isAdmitted = this.places.take(place.model, place.lane, chatId);
      if (isAdmitted) taken = place;
      return isAdmitted;
    };
    try {
      const claim = await this.jobs.claim(chatId, this.leaseMs, admit);
      if (claim.outcome === 'claimed') await this.generation.run(claim.job);
    } finally {
      if (taken) this.places.leave(taken.model, taken.lane, chatId);
    }
    return taken?.model;
  }

  /** A job that names no model is for the pool's first. */
  private async modelOf({ model }: JobDocument): Promise<string> {
    return model ?? (await this.models.models())[0]?.id ?? '';
  }
}
