/**
 * Something that a person must act on. Its message is all that they need to see: it is printed without a stack trace.
 */
export class Failure extends Error {
  name = 'Failure';
}

/**
 * Runs a command line tool's main function and exits with the code it resolves to (0 when it resolves to nothing).
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exit((await main()) ?? 0);
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    process.exit(1);
  }
}
