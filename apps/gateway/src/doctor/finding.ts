/** The result of one check. */
export type Finding =
  | { readonly level: 'ok' | 'note'; readonly check: string; readonly text: string }
  | { readonly level: 'warning' | 'error'; readonly check: string; readonly text: string; readonly remedy: string };

export const ok = (check: string, text: string): Finding => ({ level: 'ok', check, text });
/** A check that was not possible. */
export const note = (check: string, text: string): Finding => ({ level: 'note', check, text });
/** Works, but fails under load or in an outage. */
export const warning = (check: string, text: string, remedy: string): Finding => ({
  level: 'warning',
  check,
  text,
  remedy,
});
/** Loses data, or does not work. */
export const error = (check: string, text: string, remedy: string): Finding => ({
  level: 'error',
  check,
  text,
  remedy,
});
