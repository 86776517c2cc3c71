/** What a key may do: `admin` everything, `service` act for the person it names, `person` act for itself. */
export const ROLES = ['admin', 'service', 'person'] as const;
export type Role = (typeof ROLES)[number];

/** Who is calling. Every request has one. */
export interface Principal {
  role: Role;
  /** Id of the key, or `loopback` for a keyless caller on this machine. For logs and metrics; not a secret. */
  keyId: string;
  /**
   * The person whose data the call may touch. Absent: an admin, who may touch everyone's; or a service that named
   * nobody.
   */
  userId?: string;
}

/** Whether this caller may touch what belongs to `userId`. */
export const mayActFor = (principal: Principal, userId: string): boolean =>
  principal.userId === undefined ? principal.role === 'admin' : principal.userId === userId;
