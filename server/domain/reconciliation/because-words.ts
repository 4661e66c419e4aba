import { z } from 'zod'
import type { Because, InFlight } from './difference.ts'

/** What a part was concluded from, as it is kept. `bounded`: more differs than is looked into. */
const Kept = z.object({
  kind: z.string().transform((kind) => kind as Because['kind'] | 'bounded'),
  period: z.string().optional(),
  /** Empty where whoever reads it may not see that entity. */
  entity: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  runId: z.string().optional(),
  why: z
    .string()
    .transform((why) => why as InFlight['why'])
    .optional(),
  exceptionIds: z.array(z.string()).optional(),
  status: z.string().optional(),
  rule: z.string().optional(),
  rates: z
    .array(z.object({ from: z.string(), to: z.string(), rate: z.string(), on: z.string(), version: z.string() }))
    .optional(),
})
type Kept = z.infer<typeof Kept>

export const readBecause = (because: unknown): Partial<Kept> => Kept.safeParse(because).data ?? {}

/** Why a part is there, in a sentence; `first` and `other` are the names of the two sides it stands between. */
export function becauseWords(because: unknown, { first, other }: { readonly first: string; readonly other: string }): string {
  const kept = readBecause(because)
  switch (kept.kind) {
    case 'bounded':
      return 'Too many differences to list line by line; the sum of them all'
    case 'missing':
      return `${first} has it, ${other} does not`
    case 'surplus':
      return `${other} has it, ${first} does not`
    case 'amount_differs':
      return 'Both have it, with other amounts'
    case 'sign_reversed':
      return 'Both have it, with the sign the other way round'
    case 'other_period':
      return `One side has it in period ${kept.period}`
    case 'other_entity':
      return kept.entity ? `One side has it in entity ${kept.entity}` : "One side has it in an entity outside the reader's scope"
    case 'other_group':
      return kept.from ? `In ${kept.from} on one side, in ${kept.to} on the other` : `One side has it on ${kept.to}`
    case 'other_count':
      return 'The same amount in another number of lines'
    case 'rejected':
      return `Waits behind ${kept.exceptionIds?.length === 1 ? 'exception' : 'exceptions'} ${kept.exceptionIds?.join(', ')}`
    case 'in_flight':
      return kept.why === 'held'
        ? `In a load that is held: run ${kept.runId}`
        : `Published after ${other} was last asked, by run ${kept.runId}`
    case 'duplicate':
      return 'There once more than on the other side'
    case 'adjustment':
      return `Booked by hand: ${kept.status}`
    case 'rounding':
      return 'Within the rounding of one key'
    case 'matched':
      return `Within the tolerance of rule ${kept.rule}`
    case 'rate':
      return (
        kept.rates
          ?.map(({ from, to, rate, on, version }) => `Translated: 1 ${from} is ${rate} ${to} on ${on}, as of ${version}`)
          .join('; ') ?? 'Translated'
      )
    default:
      return noWords(kept.kind)
  }
}

/** The compiler asks for words where a cause is added; what another version of the program kept still has some. */
const noWords = (_kind: undefined): string => 'Unexplained'
