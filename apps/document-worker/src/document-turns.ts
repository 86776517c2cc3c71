import { LANES } from '@slipstream/contracts';
import type { DocumentRecord, Embedder, IngestionStore } from '@slipstream/documents';
import { FairTurns, type FairPlaces, type Place } from '@slipstream/rabbitmq';
import type { VectorStore } from '@slipstream/vectors';
import type { DocumentWork } from './document-work.js';

/** Works on documents in places that are shared fairly by kind of file and user. */
export class DocumentTurns {
  private readonly turns: FairTurns;

  constructor(
    private readonly ingestions: Pick<IngestionStore, 'claim'>,
    private readonly documents: Pick<DocumentWork, 'run'>,
    private readonly current: { vectors: Pick<VectorStore, 'space'>; embedder: Pick<Embedder, 'identity'> },
    places: FairPlaces,
    private readonly leaseMs: number,
  ) {
    this.turns = new FairTurns(places, (documentId, place) => this.turn(documentId, place));
  }

  /** Starts no further documents; waiting ones are left to the sweeper, in another worker. */
  drain(): void {
    this.turns.drain();
  }

  work(documentId: string): Promise<void> {
    return this.turns.work(documentId);
  }

  private async turn(documentId: string, place: Place): Promise<boolean> {
    const admit = ({ kind, userId, lane = LANES[0], state }: DocumentRecord): boolean =>
      place.admit({ group: kind, user: userId, lane: state === 'ready' ? 'background' : lane });
    const claim = await this.ingestions.claim(
      documentId,
      { space: await this.spaceName(), leaseMs: this.leaseMs },
      admit,
    );
    if (claim.outcome === 'claimed') await this.documents.run(claim.document);
    return false;
  }

  /** During an outage of embedder or store, no document counts as outdated; its work fails and is retried. */
  private async spaceName(): Promise<string | undefined> {
    try {
      return (await this.current.vectors.space(await this.current.embedder.identity())).name;
    } catch {
      return undefined;
    }
  }
}
