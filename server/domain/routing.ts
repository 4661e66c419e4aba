import { z } from 'zod'
import { FAILURE_CLASSES, type FailureClass } from './errors.ts'
import { compareDecimals } from './money.ts'
import { SEVERITIES } from './severity.ts'
import { TEAMS } from './triage.ts'

const Currency = z.string().regex(/^[A-Z]{3}$/, 'use a code of ISO 4217')
const Amount = z.string().regex(/^\d+(\.\d+)?$/, 'write an amount in quotes, like "10000"')

/** All that is said must hold; of a list, one is enough. What is left out matches everything. */
export const RoutingRule = z.strictObject({
  name: z.string().min(1).max(80),
  when: z
    .strictObject({
      classes: z.array(z.enum(FAILURE_CLASSES)).min(1).optional(),
      codes: z.array(z.string().min(1)).min(1).optional(),
      jobs: z.array(z.string().min(1)).min(1).optional(),
      entities: z.array(z.string().min(1)).min(1).optional(),
      /** At stake in one of these currencies: at least so much of it, in its units. */
      amountAtLeast: z.record(Currency, Amount).optional(),
    })
    .prefault({}),
  team: z.enum(TEAMS),
  /** Sign-in of the person who gets it. */
  assignee: z.string().min(1).optional(),
  severity: z.enum(SEVERITIES).optional(),
})
export type RoutingRule = z.infer<typeof RoutingRule>

/** Who gets which exceptions: the first rule that matches decides. Imported as data, versioned like a job. */
export const Routing = z
  .strictObject({ kind: z.literal('routing'), rules: z.array(RoutingRule).max(200) })
  .refine(({ rules }) => new Set(rules.map(({ name }) => name)).size === rules.length, 'two rules have the same name')
export type Routing = z.infer<typeof Routing>

/** What a rule looks at. amounts: at stake by currency, absolute, as decimal strings. */
export type Routable = {
  readonly failureClass: FailureClass
  readonly code: string
  readonly job: string
  readonly entities: readonly string[]
  readonly amounts: Readonly<Record<string, string>>
}

export const routeOf = (rules: readonly RoutingRule[], facts: Routable): RoutingRule | null =>
  rules.find(({ when }) => matches(when, facts)) ?? null

function matches({ classes, codes, jobs, entities, amountAtLeast }: RoutingRule['when'], facts: Routable): boolean {
  if (classes && !classes.includes(facts.failureClass)) return false
  if (codes && !codes.includes(facts.code)) return false
  if (jobs && !jobs.includes(facts.job)) return false
  if (entities && !facts.entities.some((entity) => entities.includes(entity))) return false
  if (!amountAtLeast) return true
  return Object.entries(amountAtLeast).some(([currency, least]) => compareDecimals(facts.amounts[currency] ?? '0', least) >= 0)
}
