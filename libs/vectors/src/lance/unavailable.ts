import { DependencyUnavailableError } from '@slipstream/contracts';

/** Runs an operation of LanceDB. @throws DependencyUnavailableError `vectors_unavailable` with the driver's error */
export async function orUnavailable<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    throw new DependencyUnavailableError('vectors', { cause });
  }
}
