import { z } from 'zod'
import type { Scope } from '#app/paths.ts'
import { readNewestPublication } from '#server/services/reads/scope-options.ts'
import type { Services } from '#server/services/services.ts'
import { Refusal } from '#server/domain/errors.ts'
import { readSearch } from './forms.ts'

const Code = z.string().max(64)
const ScopeSearch = z.object({
  entity: Code.optional(),
  period: Code.optional(),
  version: Code.optional(),
  // Never silently taken for now: old and current must not be confused.
  asOf: z
    .string()
    .regex(/^\d{1,9}$/, 'As of is the number of a publication')
    .transform((text) => Number.parseInt(text, 10))
    .optional(),
})

/** What the scope bar says. The first four are as in the address; `publication` is what to read as of. */
export type ViewScope = Readonly<Scope> & {
  readonly publication: number
  readonly newestPublication: number
  /** An earlier publication than the newest is looked at. */
  readonly isPast: boolean
}

/** Throws InvalidInput, and Refusal (publication_not_found) for one that is yet to come. */
export async function readScope(url: URL, { context: { db } }: Services): Promise<ViewScope> {
  const scope = readSearch(url, ScopeSearch)
  const newestPublication = await readNewestPublication(db)
  const publication = scope.asOf ?? newestPublication
  if (publication > newestPublication) throw new Refusal('publication_not_found', `the newest is ${newestPublication}`)
  return { ...scope, publication, newestPublication, isPast: publication < newestPublication }
}

/** Only what goes into an address: for links that keep the scope. */
export const scopeOf = ({ entity, period, version, asOf }: Scope): Scope => ({
  ...(entity && { entity }),
  ...(period && { period }),
  ...(version && { version }),
  ...(asOf !== undefined && { asOf }),
})
