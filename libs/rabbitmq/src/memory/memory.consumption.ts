import type { Consumption, Outcome } from '../broker.js';
import { ConcurrencyGate } from '../concurrency-gate.js';
import type { DeliveryProcessor } from '../delivery-processor.js';
import { LaneTurns } from '../lane-turns.js';
import { deadLetter, nextAttempt } from '../wire-message.js';
import type { MemoryQueue, StoredMessage } from './memory.queue.js';

/** Consumes a queue in memory, with limited concurrency. */
export class MemoryConsumption implements Consumption {
  private readonly gate: ConcurrencyGate;
  private readonly turns: LaneTurns;
  private readonly unfinished = new Set<StoredMessage>();
  private readonly stopListening: () => void;
  private draining = false;

  constructor(
    private readonly queue: MemoryQueue,
    concurrency: number,
    private readonly processor: DeliveryProcessor,
  ) {
    this.gate = new ConcurrencyGate(concurrency, () => this.pump());
    this.turns = new LaneTurns({ concurrency, graceMs: 0, onGraceOver: () => this.pump() });
    this.stopListening = queue.onAvailable(() => this.pump());
    this.pump();
  }

  async drain(): Promise<void> {
    this.draining = true;
    this.stopListening();
    await this.gate.whenIdle();
  }

  /** Returns unfinished messages to the queue, in order; later outcomes of their handlers are ignored. */
  abandon(): void {
    this.draining = true;
    this.stopListening();
    for (const stored of [...this.unfinished].reverse()) this.queue.putBack(stored);
    this.unfinished.clear();
    this.gate.abandon();
  }

  private pump(): void {
    while (!this.draining && this.gate.hasRoom) {
      const lane = this.turns.next((candidate) => this.queue.has(candidate));
      const stored = lane && this.queue.take(lane);
      if (!stored) return;
      this.unfinished.add(stored);
      this.turns.begin(lane);
      this.gate.run(() => this.handle(stored).finally(() => this.turns.end(lane)));
    }
  }

  private async handle(stored: StoredMessage): Promise<void> {
    const outcome = await this.processor.process(stored.message, stored.redelivered);
    if (this.unfinished.delete(stored)) this.settle(stored, outcome);
  }

  private settle({ message }: StoredMessage, outcome: Outcome): void {
    if (outcome.do === 'retry') this.queue.putLater(nextAttempt(message), outcome.afterMs);
    if (outcome.do === 'dead-letter') this.queue.bury(deadLetter(message, outcome.reason));
  }
}
