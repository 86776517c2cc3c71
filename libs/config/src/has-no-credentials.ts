/** Whether the URL names neither user nor password. Also true for invalid URLs, which another check reports. */
export function hasNoCredentials(text: string): boolean {
  const url = URL.parse(text);
  return !url?.username && !url?.password;
}
