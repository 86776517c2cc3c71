/**
 * Rights of a key: `admin` may do everything, `service` acts for the user in a header, `user` acts for its own user.
 */
export const ROLES = ['admin', 'service', 'user'] as const;
export type Role = (typeof ROLES)[number];

/** The identity and role that a request acts with. Every request has one. */
export interface Principal {
  role: Role;
  /** Id of the key, or `loopback` for a keyless caller on this machine. For logs and metrics; not a secret. */
  keyId: string;
  /**
   * The user whose data the call may touch. Absent: an admin, which may touch the data of all users, or a service
   * that named no user.
   */
  userId?: string;
}

/** Whether this caller may access objects of `userId`. */
export const mayActFor = (principal: Principal, userId: string): boolean =>
  principal.userId === undefined ? principal.role === 'admin' : principal.userId === userId;
