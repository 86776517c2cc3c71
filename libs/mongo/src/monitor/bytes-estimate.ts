import { mongo } from 'mongoose';
import type { JsonObject } from '../explain/explain-json.js';

/** Measuring an answer costs as much as reading it, so only one in so many is measured. */
const MEASURE_EVERY = 32;

/** Bytes of all answers of a query shape, estimated from the first and every 32nd one. */
export class BytesEstimate {
  private answers = 0;
  private measured = 0;
  private measuredBytes = 0;

  add(answer: JsonObject): void {
    if (this.answers++ % MEASURE_EVERY > 0) return;
    this.measured += 1;
    this.measuredBytes += mongo.BSON.calculateObjectSize(answer);
  }

  get total(): number {
    return this.measured === 0 ? 0 : Math.round((this.measuredBytes / this.measured) * this.answers);
  }
}
