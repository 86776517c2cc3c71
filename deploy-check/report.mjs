/** A program or image that a check needs, and that this machine can't get: the check is left out, and says so. */
export class Unavailable extends Error {}

/** Runs named checks one after another, and prints a line for each. */
export class Report {
  failed = 0;
  passed = 0;
  leftOut = 0;

  /**
   * @param {string} name
   * @param {() => Promise<string | void>} check throws if it fails; what it returns is printed behind the name
   * @returns {Promise<boolean>} whether it passed; false also for a check that was left out
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
      if (error instanceof Unavailable) return this.leaveOut(`${name}: ${error.message}`);
      this.failed += 1;
      console.log(`FAIL  ${name} (${seconds()})\n      ${error.message.replaceAll('\n', '\n      ')}`);
      return false;
    }
  }

  /** @returns {false} */
  leaveOut(reason) {
    this.leftOut += 1;
    console.log(`note  not checked: ${reason.replaceAll('\n', '\n      ')}`);
    return false;
  }

  note(text) {
    console.log(`note  ${text}`);
  }

  /** @returns {number} exit code */
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.leftOut} not possible on this machine`);
    return this.failed > 0 ? 1 : 0;
  }
}
