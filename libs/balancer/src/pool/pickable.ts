import type { BackendHealth } from '../health/backend-health.js';
import type { Member } from './member.js';

/** Who may be picked at a moment, by priority. Never changed: replaced when a backend's state turns. */
export interface Pickable {
  /** Members that take new sessions, the first group first. */
  readonly groups: readonly (readonly Member[])[];
  /** Those, and the draining ones, which still serve who sticks to them; by URL. */
  readonly reachable: ReadonlyMap<string, Member>;
  /** Those that are there, however they answer, and take new sessions. */
  readonly present: readonly Member[];
  /** Whether someone in it takes one request at a time only. */
  readonly hasTrials: boolean;
}

/**
 * @param panicRatio when fewer of the pool than this part are well, those that answer badly are used again, for the few
 *   left would only break too; those that are not there at all are not. 0: never
 */
export function pickableOf(
  members: readonly Member[],
  healthOf: (url: string) => BackendHealth,
  panicRatio: number,
): Pickable {
  const isWell = (member: Member): boolean =>
    healthOf(member.id).state !== 'unhealthy' && member.ejection.state !== 'ejected';
  const well = members.filter(isWell);
  const isPanic = well.length < members.length * panicRatio;
  const present = members.filter(({ id }) => isThere(healthOf(id)));
  const usable = isPanic ? present : well;
  return {
    present: present.filter(({ backend }) => !backend.isDraining),
    groups: byPriority(usable.filter(({ backend }) => !backend.isDraining)),
    reachable: new Map(usable.map((member) => [member.id, member])),
    hasTrials: !isPanic && usable.some(({ ejection }) => ejection.state === 'trial'),
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
