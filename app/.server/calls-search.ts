import { z } from 'zod'
import { Key, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

export const CallsSearch = z.object({
  window: z.enum(['1h', '24h', '7d', '30d']).default('24h'),
  until: z.iso.datetime('Write an instant as 2026-11-21T08:00:00Z').optional(),
  job: z.string().max(64).optional(),
  outcome: z.string().max(64).optional(),
  slower: z
    .string()
    .regex(/^\d{1,8}$/, 'Slower than is a whole number of milliseconds')
    .transform((text) => Number.parseInt(text, 10))
    .optional(),
  before: Key.optional(),
  after: Key.optional(),
})
export type CallsSearch = z.infer<typeof CallsSearch>

export const readCallsSearch = ({ url }: Pick<Given, 'url'>): CallsSearch => readSearch(url, CallsSearch)
