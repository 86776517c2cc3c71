import { inject, type ProvidedContext } from 'vitest';

/** Path of a program that a spec needs. @throws Error why it can't be had */
export function programPath(name: keyof ProvidedContext): string {
  const program = inject(name);
  if ('reason' in program) throw new Error(program.reason);
  return program.path;
}
