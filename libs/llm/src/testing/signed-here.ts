import { generate } from 'selfsigned';

/** A certificate for pods.example and 127.0.0.1 of its own authority, and its key. */
export async function signedHere(): Promise<{ cert: string; key: string }> {
  const altNames = [
    { type: 2 as const, value: 'pods.example' },
    { type: 7 as const, ip: '127.0.0.1' },
  ];
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'pods.example' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  return { cert, key };
}
