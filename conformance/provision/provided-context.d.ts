import 'vitest';

declare module 'vitest' {
  /** What `provision.setup.mjs` hands to the specs: paths of programs. */
  interface ProvidedContext {
    kosoku: string;
    toxiproxy: string;
  }
}
