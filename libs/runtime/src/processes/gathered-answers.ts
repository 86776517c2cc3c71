export type GatherAnswer = () => object | Promise<object>;

/** Answers of one process, by topic. */
export class GatheredAnswers {
  private readonly answers = new Map<string, GatherAnswer>();

  set(topic: string, answer: GatherAnswer): void {
    this.answers.set(topic, answer);
  }

  /** @returns the answer; none when there is nothing to say */
  async to(topic: string): Promise<object[]> {
    const answer = this.answers.get(topic);
    try {
      return answer ? [await answer()] : [];
    } catch {
      return [];
    }
  }
}
