import { OPEN_WEBUI } from './open-webui.preset.js';

/** Settings of section `web` for a known application. The user's own settings override them. */
export const PRESETS = { 'open-webui': OPEN_WEBUI } as const;

/** Returns the preset of an unvalidated configuration, or an empty object if it names no known preset. */
export function presetOf(settings: object): object {
  const web = (settings as { web?: { preset?: unknown } }).web;
  const name = typeof web === 'object' ? web?.preset : undefined;
  return typeof name === 'string' && Object.hasOwn(PRESETS, name) ? { web: PRESETS[name as keyof typeof PRESETS] } : {};
}
