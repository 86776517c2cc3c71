import { docling } from './docling.driver.js';
import type { ExternalDriver } from './driver.js';
import { openWebui } from './open-webui.driver.js';
import { tika } from './tika.driver.js';

/** The driver of each protocol. */
export const EXTERNAL_DRIVERS = { 'open-webui': openWebui, tika, docling } as const satisfies Record<
  string,
  ExternalDriver
>;

export type ExternalProtocol = keyof typeof EXTERNAL_DRIVERS;
