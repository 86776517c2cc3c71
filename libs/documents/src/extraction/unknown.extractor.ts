import { ExtractionError } from './extraction.error.js';
import type { Extractor } from './extractor.js';

const HEAD_BYTES = 1024 * 1024;
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/** Office programs keep an encrypted file in a stream of this name. */
const ENCRYPTED = Buffer.from('EncryptedPackage', 'utf16le');

/** Says why a file is not read. */
export const refuseUnknown: Extractor = ({ source }) => {
  const head = source.head(HEAD_BYTES);
  const isEncrypted = head.subarray(0, OLE.length).equals(OLE) && head.includes(ENCRYPTED);
  throw new ExtractionError(isEncrypted ? 'document_encrypted' : 'document_unsupported');
};
