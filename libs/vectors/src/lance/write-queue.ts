/** Runs writes one after another: LanceDB retries commits that collide, and gives up after some. */
export class WriteQueue {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(write: () => Promise<T>): Promise<T> {
    const result = this.last.then(write);
    this.last = result.catch(() => undefined);
    return result;
  }
}
