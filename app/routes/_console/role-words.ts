import type { Actor } from '#server/domain/actor.ts'

/** Roles as people say them. */
export const ROLE_WORDS: Record<Actor['role'], string> = {
  finance_operations: 'Finance operations',
  controller: 'Controller',
  it: 'IT',
  auditor: 'Auditor',
  admin: 'Administrator',
  service: 'Service',
}
