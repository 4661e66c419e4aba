import { z } from 'zod'
import { ROLES } from '#server/domain/actor.ts'

export const RoleField = z.enum(ROLES)
export const NameField = z.string({ error: 'Give the name people know them by' }).max(100, 'At most 100 characters')
/** '*' or codes by comma or space. */
export const ScopeField = z
  .string({ error: 'Name at least one entity, or * for all' })
  .max(2_000)
  .transform((text) => [...new Set(text.split(/[\s,]+/).filter(Boolean))])
  .pipe(z.array(z.string().max(64)).min(1, 'Name at least one entity, or * for all'))
export const PasswordField = z
  .string({ error: 'Give a password' })
  .min(8, 'At least 8 characters')
  .max(200, 'At most 200 characters')

/** 'all entities' or 'NO01, SE01'. */
export const scopeWords = (scope: readonly string[]): string =>
  scope.includes('*') ? 'all entities' : scope.length === 0 ? 'none' : scope.join(', ')
