import { inject, type ProvidedContext } from 'vitest';

type ProgramName = Exclude<keyof ProvidedContext, 'redisUrl' | 'rabbitmqUrl' | 'mongodbUri' | 'storeSets'>;

/** Path of a program that a spec needs. @throws Error why it can't be had */
export function programPath(name: ProgramName): string {
  const program = inject(name);
  if ('reason' in program) throw new Error(program.reason);
  return program.path;
}
