import type { BackendHealth } from '../health/backend-health.js';
import type { Member } from './member.js';

/** The members that may be picked at one moment, by priority. */
export interface EligibleMembers {
  /** Members that take new sessions, the first group first. */
  readonly groups: readonly (readonly Member[])[];
  /** Those, and the draining ones, which still serve the clients that stick to them; by URL. */
  readonly reachable: ReadonlyMap<string, Member>;
  /** Members that are there, however they answer, and take new sessions. */
  readonly present: readonly Member[];
  /** Whether a member takes one request at a time only. */
  readonly hasTrials: boolean;
}

/**
 * @param panicRatio if the healthy part of the pool is smaller than this, backends that answer badly are used again,
 *   because the few left would only break too; backends that can't be reached are not. 0: never
 */
export function eligibleMembers(
  members: readonly Member[],
  healthOf: (url: string) => BackendHealth,
  panicRatio: number,
): EligibleMembers {
  const isHealthy = (member: Member): boolean =>
    healthOf(member.id).state !== 'unhealthy' && member.ejection.state !== 'ejected';
  const healthy = members.filter(isHealthy);
  const isPanic = healthy.length < members.length * panicRatio;
  const present = members.filter(({ id }) => isThere(healthOf(id)));
  const usable = isPanic ? present : healthy;
  return {
    present: present.filter(({ backend }) => !backend.isDraining),
    groups: byPriority(usable.filter(({ backend }) => !backend.isDraining)),
    reachable: new Map(usable.map((member) => [member.id, member])),
    hasTrials: !isPanic && usable.some(({ ejection }) => ejection.state === 'half-open'),
  };
}

const isThere = (health: BackendHealth): boolean => health.state !== 'unhealthy' || health.isThere;

function byPriority(members: readonly Member[]): readonly (readonly Member[])[] {
  const groups = new Map<number, Member[]>();
  for (const member of members) {
    const group = groups.get(member.backend.priority);
    if (group) group.push(member);
    else groups.set(member.backend.priority, [member]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
