import { z } from 'zod'
import { MAPPED_DIMENSIONS } from '../job.ts'
import type { MappingChange } from './change.ts'

const Day = z.union([z.literal(''), z.iso.date('write a date like 2026-10-01')]).default('')
const Code = z.string().trim().max(200, 'a code has at most 200 characters')

/** One proposed change, as a form, a list or a file gives it. An empty canonical code ends the mapping. */
export const ChangeInput = z
  .object({
    dimension: z.enum(MAPPED_DIMENSIONS, `the dimension is one of ${MAPPED_DIMENSIONS.join(', ')}`),
    sourceCode: Code.min(1, 'the source code is missing'),
    canonicalCode: Code.default('').transform((code) => code || null),
    effectiveFrom: Day,
    effectiveTo: Day,
  })
  .refine(({ effectiveFrom, effectiveTo }) => effectiveTo === '' || effectiveFrom <= effectiveTo, 'it would end before it begins')

export const CHANGE_COLUMNS = ['dimension', 'source_code', 'canonical_code', 'effective_from', 'effective_to'] as const
/** More rows than this are a load of its own, not a list that somebody reads before approving it. */
export const CHANGES_MAX = 2_000

export type ChangeRow = { readonly row: number; readonly change: MappingChange | { readonly problem: string } }

/** One row of a list: cells in the order of CHANGE_COLUMNS; the last two may be left out. */
export function changeFrom(cells: readonly string[]): ChangeRow['change'] {
  const [dimension, sourceCode, canonicalCode, effectiveFrom, effectiveTo] = cells.map((cell) => cell.trim())
  const parsed = ChangeInput.safeParse({ dimension, sourceCode, canonicalCode, effectiveFrom, effectiveTo })
  return parsed.success ? parsed.data : { problem: parsed.error.issues.map((issue) => issue.message).join('; ') }
}
