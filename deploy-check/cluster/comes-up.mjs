import { fileURLToPath } from 'node:url';
import { must } from '../shell.mjs';
import { inClient, kubectl, rolledOut, until } from './kubectl.mjs';

const DEV = fileURLToPath(new URL('../../k8s/overlays/dev', import.meta.url));
const REHEARSAL = fileURLToPath(new URL('../rehearsal', import.meta.url));
export const WORKERS = ['chat-worker', 'document-worker', 'notification-worker'];
export const SERVICES = ['gateway', ...WORKERS];

/** @returns {Promise<boolean>} whether the rest can follow */
export async function comesUp(report) {
  const isUp = await report.check('kubectl apply -k k8s/overlays/dev: every deployment gets ready', async () => {
    await must('kubectl', ['apply', '-k', DEV]);
    await rolledOut(...SERVICES);
  });
  if (!isUp) return false;
  const works = await report.check('the main job, through the Service of the gateway', async () => {
    await must('kubectl', ['apply', '-k', REHEARSAL]);
    await rolledOut(...SERVICES, 'web', 'client');
    await until('both web pods are healthy backends', bothWebPodsServe);
    return lastLine(await inClient('main-job.mjs'));
  });
  if (works) await report.check('the doctor finds no error in the cluster', doctorIsContent);
  return works;
}

/** The Job of docs/operating.md. */
async function doctorIsContent() {
  await kubectl('create', 'job', 'doctor-1', '--from=cronjob/doctor');
  const ended = await until('the end of the Job', async () => {
    const { status } = JSON.parse(await kubectl('get', 'job', 'doctor-1', '-o', 'json'));
    return status.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed');
  });
  const printed = await kubectl('logs', 'job/doctor-1');
  await kubectl('delete', 'job', 'doctor-1', '--wait=false');
  if (ended.type === 'Failed') throw new Error(printed);
  return printed.trim().split('\n').at(-1);
}

/** By the gateway's own metrics, read through the API server. */
async function bothWebPodsServe() {
  const path = '/api/v1/namespaces/slipstream/services/gateway-management:management/proxy/metrics';
  const metrics = await kubectl('get', '--raw', path);
  return metrics.match(/^slipstream_backend_state\{[^}]*pool="web"[^}]*state="healthy"[^}]*\} 1$/gm)?.length === 2;
}

const lastLine = (text) => `${text.trim().split('\n').length} checks`;
