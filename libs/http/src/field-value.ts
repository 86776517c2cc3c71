import type { RawHeaders } from './end-to-end-headers.js';

/** The values of a field, in their order. @param name in lower case */
export const fieldValues = (headers: RawHeaders, name: string): string[] =>
  headers.filter((_, index) => index % 2 === 1 && isCalled(headers[index - 1], name));

/** The value of a field, the first if there are several. @param name in lower case */
export function fieldValue(headers: RawHeaders, name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (isCalled(headers[index], name)) return headers[index + 1];
  }
  return undefined;
}

const isCalled = (given: string | undefined, name: string): boolean =>
  given?.length === name.length && given.toLowerCase() === name;

/**
 * Adds names to Vary, which has one line then: some caches in front read one line only, such as nginx before 1.23.
 *
 * @param headers flat; changed in place
 */
export function addToVary(headers: string[], names: readonly string[]): void {
  if (names.length === 0) return;
  const value = [...fieldValues(headers, 'vary'), ...names].join(', ');
  for (let index = headers.length - 2; index >= 0; index -= 2)
    if (isCalled(headers[index], 'vary')) headers.splice(index, 2);
  headers.push('Vary', value);
}

/** Whether these are the fields of an event stream. */
export const announcesEventStream = (headers: RawHeaders): boolean =>
  /^text\/event-stream\b/i.test(fieldValue(headers, 'content-type') ?? '');
