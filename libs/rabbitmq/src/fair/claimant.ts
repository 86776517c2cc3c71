import type { Lane } from '@slipstream/contracts';

/** What a place is taken for. */
export interface Claimant {
  /** What may be slow: a model, a notification channel. */
  group: string;
  user: string;
  lane: Lane;
}

/** Something that waited, and holds a place now. */
export interface Admitted {
  item: string;
  claimant: Claimant;
}
