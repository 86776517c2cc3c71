// One request over TLS and HTTP/2, through the Service of the gateway. Prints the protocol, the status and the subject.
import { connect } from 'node:http2';
import { authorization } from './api.mjs';

// The certificate is one of the rehearsal, which no authority has signed.
const session = connect('https://gateway', { rejectUnauthorized: false });
const stream = session.request({ ':path': '/v1/models', ...authorization });
stream.on('response', ({ ':status': status }) => {
  const { alpnProtocol } = session;
  console.log(`${alpnProtocol} ${status} ${session.socket.getPeerCertificate().subject.CN}`);
  session.destroy();
});
session.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
stream.on('error', () => undefined);
