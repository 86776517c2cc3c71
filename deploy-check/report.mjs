/** Runs named checks one after another, and prints a line for each. */
export class Report {
  failed = 0;
  passed = 0;

  /**
   * @param {string} name
   * @param {() => Promise<string | void>} check throws if it fails; what it returns is printed behind the name
   * @returns {Promise<boolean>} whether it passed
   */
  async check(name, check) {
    const startedAt = performance.now();
    const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    try {
      const detail = await check();
      this.passed += 1;
      console.log(`ok    ${name}${detail ? `: ${detail}` : ''} (${seconds()})`);
      return true;
    } catch (error) {
      this.failed += 1;
      console.log(`FAIL  ${name} (${seconds()})\n      ${error.message.replaceAll('\n', '\n      ')}`);
      return false;
    }
  }

  note(text) {
    console.log(`note  ${text}`);
  }

  /** @returns {number} exit code */
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed > 0 ? 1 : 0;
  }
}
