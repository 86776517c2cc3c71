export { certificateFor, type Certificate } from './certificate.js';
export { MailServer, type MailAnswer } from './mail-server.js';
export { notificationStoresOn } from './notification-stores-on.js';
export { Receiver, type PlainAnswer } from './receiver.js';
