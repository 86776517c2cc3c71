import type { Lane } from '@slipstream/contracts';

/** Owner of a place. */
export interface Claimant {
  /** The part that may be slow: a model, a notification channel. */
  group: string;
  user: string;
  lane: Lane;
}

/** A waiting item that now has a place. */
export interface Admitted {
  item: string;
  claimant: Claimant;
}
