export type SurveyAnswer = () => object | Promise<object>;

/** What one process has to say about topics. */
export class SurveyAnswers {
  private readonly answers = new Map<string, SurveyAnswer>();

  set(topic: string, answer: SurveyAnswer): void {
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
