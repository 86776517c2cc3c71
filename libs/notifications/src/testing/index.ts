export { certificateFor, type Certificate } from './certificate.js';
export { MailServer, type MailAnswer } from './mail-server.js';
export { Receiver, type PlainAnswer } from './receiver.js';
