import { generate } from 'selfsigned';

/** PEM. Clients trust the certificate as a CA. */
export interface Certificate {
  cert: string;
  key: string;
}

/** A self-signed certificate for an address. @param expired whether it has expired */
export async function certificateFor(ip: string, { expired = false } = {}): Promise<Certificate> {
  const notBeforeDate = new Date('2020-01-01');
  const { cert, private: key } = await generate([{ name: 'commonName', value: ip }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip }] }],
    ...(expired && { notBeforeDate, notAfterDate: new Date('2020-02-01') }),
  });
  return { cert, key };
}
