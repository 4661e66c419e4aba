import { z } from 'zod'
import { JobDefinition } from './job.ts'
import type { Member } from './line.ts'

/** The system under which members are kept that people added or corrected. */
export const TOWER_SYSTEM = 'tower'

export const MEMBER_TYPES = ['entity', 'account', 'cost_centre', 'project', 'supplier', 'customer'] as const
export type MemberType = (typeof MEMBER_TYPES)[number]

const Text = (what: string) =>
  z
    .string()
    .trim()
    .min(1, `${what} is missing`)
    .max(200, `${what} has at most 200 characters`)
    .regex(/^[^\p{Cc}]*$/u, `${what} is one line of text`)
const Day = z.union([z.literal(''), z.iso.date('write a date like 2026-10-01')]).default('')

/** What somebody enters. It holds from `validFrom` on, before anything a system says of the member. */
export const MemberCorrection = z
  .object({
    dimension: z.enum(MEMBER_TYPES),
    entity: z.string().trim().max(64).default(''),
    code: Text('the code'),
    name: Text('the name'),
    validFrom: z.iso.date('say from which date it holds, like 2026-10-01'),
    validTo: Day,
    isActive: z.boolean().default(true),
  })
  .refine(({ validFrom, validTo }) => validTo === '' || validFrom <= validTo, {
    path: ['validTo'],
    message: 'it would end before it begins',
  })
export type MemberCorrection = z.infer<typeof MemberCorrection>

/** The built-in job through which a correction is loaded like any other file. */
export const correctionJob = (dimension: MemberType): JobDefinition =>
  JobDefinition.parse({
    job: `by-hand-${dimension.replace('_', '-')}`,
    title: `Corrections by hand: ${dimension.replace('_', ' ')}`,
    owner: 'finance-operations',
    process: 'Master data',
    system: { code: TOWER_SYSTEM, name: 'Corrections by hand', kind: 'file' },
    source: { type: 'file' },
    format: { type: 'csv', delimiter: ',' },
    objectType: dimension,
  })

/** What nobody corrects here stays as it is: the calendar of an entity, the currency of a member. */
export function correctionCsv(correction: MemberCorrection, kept: Pick<Member, 'currency' | 'attributes'> | null): string {
  const cells = {
    entity: correction.entity,
    code: correction.code,
    name: correction.name,
    valid_from: correction.validFrom,
    valid_to: correction.validTo,
    status: correction.isActive ? 'active' : 'inactive',
    currency: kept?.currency ?? '',
    ...(kept?.attributes.calendar && { calendar: kept.attributes.calendar }),
  }
  const row = (values: readonly string[]) => values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')
  return `${row(Object.keys(cells))}\n${row(Object.values(cells))}\n`
}
