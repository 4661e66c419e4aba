import { z } from 'zod'
import type { ComparisonPart, ReconciliationView } from '#app/.server/reads.ts'

/** Between the parts of a key. */
const SEPARATOR = '\u001f'

export const keyWords = (key: string): string => key.split(SEPARATOR).filter(Boolean).join(' · ') || 'no key'

/** What a part was concluded from, as it is kept: domain/reconciliation/difference.ts. */
const Because = z.object({
  kind: z.string(),
  period: z.string().optional(),
  entity: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  runId: z.string().optional(),
  why: z.enum(['held', 'undelivered', 'published_after']).optional(),
  exceptionIds: z.array(z.string()).optional(),
  status: z.string().optional(),
  rule: z.string().optional(),
  rates: z
    .array(z.object({ from: z.string(), to: z.string(), rate: z.string(), on: z.string(), version: z.string() }))
    .optional(),
})
export type Because = z.infer<typeof Because>

export const readBecause = (part: Pick<ComparisonPart, 'because'>): Because => {
  const read = Because.safeParse(part.because)
  return read.success ? read.data : { kind: 'unknown' }
}

/** Why a part is there, in a sentence. */
export function becauseWords(
  part: Pick<ComparisonPart, 'because' | 'side'>,
  { sides }: ReconciliationView['definition'],
): string {
  const because = readBecause(part)
  const [first, other] = [sides[0]!.name, sides[part.side]!.name]
  switch (because.kind) {
    case 'bounded':
      return 'More differs than is looked into line by line'
    case 'missing':
      return `${first} has it, ${other} does not`
    case 'surplus':
      return `${other} has it, ${first} does not`
    case 'amount_differs':
      return 'Both have it, with other amounts'
    case 'sign_reversed':
      return 'Both have it, with the sign the other way round'
    case 'other_period':
      return `One side has it in period ${because.period}`
    case 'other_entity':
      return because.entity ? `One side has it in entity ${because.entity}` : 'One side has it in an entity outside your scope'
    case 'other_group':
      return because.from ? `In ${because.from} on one side, in ${because.to} on the other` : `One side has it on ${because.to}`
    case 'other_count':
      return 'The same amount in another number of lines'
    case 'rejected':
      return `Waits behind ${because.exceptionIds?.length === 1 ? 'exception' : 'exceptions'} ${because.exceptionIds?.join(', ')}`
    case 'in_flight':
      return because.why === 'held'
        ? `In a load that is held: run ${because.runId}`
        : `Published after ${other} was last asked, by run ${because.runId}`
    case 'duplicate':
      return 'There once more than on the other side'
    case 'adjustment':
      return `Booked by hand: ${because.status}`
    case 'rounding':
      return 'Within the rounding of one key'
    case 'matched':
      return `Within the tolerance of rule ${because.rule}`
    case 'rate':
      return (
        because.rates
          ?.map(({ from, to, rate, on, version }) => `Translated: 1 ${from} is ${rate} ${to} on ${on}, as of ${version}`)
          .join('; ') ?? 'Translated'
      )
    default:
      return 'Unexplained'
  }
}
