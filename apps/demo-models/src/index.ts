export { startDemoModelServer, type DemoModelServer } from './demo-model-server.js';
