declare module 'http-cache-tests/tests/index.mjs' {
  /** One test, as far as its verdict is concerned. */
  export interface CacheTest {
    id: string;
    /** Default: required. */
    kind?: 'required' | 'optimal' | 'check';
    /** Tests that have to pass for this one to say anything. */
    depends_on?: string[];
    browser_only?: boolean;
  }

  const suites: { tests: CacheTest[] }[];
  export default suites;
}
