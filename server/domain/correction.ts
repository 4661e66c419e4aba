import type { FieldSource, JobDefinition, LineField } from './job.ts'
import { LINE_FIELDS } from './job.ts'
import { keyColumnsOf } from './mapping/key-columns.ts'
import { isLineType } from './record.ts'

/** proposed: a second person decides. withdrawn: it applies no more; what was loaded with it stays until its record is read again. */
export const CORRECTION_STATES = ['proposed', 'active', 'refused', 'withdrawn'] as const
export type CorrectionState = (typeof CORRECTION_STATES)[number]

export const CORRECTION_ACTIONS = ['approve', 'refuse', 'withdraw'] as const
export type CorrectionAction = (typeof CORRECTION_ACTIONS)[number]

/** What may be asked of a correction in which state; one table for services and for "why is this disabled". */
const ALLOWED = {
  approve: ['proposed'],
  refuse: ['proposed'],
  withdraw: ['proposed', 'active'],
} as const satisfies Record<CorrectionAction, readonly CorrectionState[]>

export const correctionCan = (action: CorrectionAction, state: CorrectionState): boolean =>
  (ALLOWED[action] as readonly CorrectionState[]).includes(state)

/** They move money from one cell of the totals to another, or change it. Dates decide the period, and which translation of a code holds. */
const SECOND_PERSON_FIELDS: readonly LineField[] = [
  'entity',
  'period',
  'version',
  'currency',
  'debit',
  'credit',
  'amount',
  'posted_on',
  'effective_on',
]
export const needsSecondPerson = (field: LineField): boolean => SECOND_PERSON_FIELDS.includes(field)

/** In the text of the record with this key, `field` reads `corrected` where the source wrote `found`: both as a source writes them. */
export type Correction = {
  readonly correctionId: number
  readonly sourceKey: string
  readonly field: LineField
  readonly found: string
  readonly corrected: string
}

/** What the source said in the field when a record was read; it applied where that is what was found when it was made. */
export type Reading = { readonly correctionId: number; readonly says: string; readonly isApplied: boolean }

/** Lies over the texts of one record after the other, between the source and whatever reads them. */
export class Overlay {
  private corrections: readonly Correction[] = []
  private readonly said = new Map<LineField, string>()

  lay(corrections: readonly Correction[]): void {
    this.corrections = corrections
    this.said.clear()
  }

  read(field: LineField, text: string): string {
    this.said.set(field, text)
    // Where the source changed its mind, what it says now counts again.
    return this.corrections.find((correction) => correction.field === field && correction.found === text)?.corrected ?? text
  }

  /** What the source wrote in the field; undefined where the job reads no such field. */
  saidIn(field: LineField): string | undefined {
    return this.said.get(field)
  }

  readings(): Reading[] {
    return this.corrections.flatMap(({ correctionId, field, found }) => {
      const says = this.said.get(field)
      return says === undefined ? [] : [{ correctionId, says, isApplied: says === found }]
    })
  }
}

type Declares = Pick<JobDefinition, 'correctable' | 'objectType' | 'mapping' | 'format'>

/** The fields a job lets people correct. Import has refused all others. */
export const correctableOf = ({ correctable = [] }: Pick<JobDefinition, 'correctable'>): readonly LineField[] =>
  LINE_FIELDS.filter((field) => correctable.includes(field))

/** Why a job cannot declare what it declares correctable, a sentence each. */
export function correctableProblems(job: Declares): string[] {
  const { correctable = [], objectType } = job
  if (correctable.length === 0) return []
  if (!isLineType(objectType))
    return [`correctable: ${objectType} is a list of members, and those are corrected by hand on their own screen`]
  return correctable.flatMap((name) => {
    const why = whyNot(job, name)
    return why === null ? [] : [`correctable: ${name} cannot be corrected: ${why}`]
  })
}

function whyNot(job: Declares, name: string): string | null {
  if (name === 'key' || name === 'source_key') return 'it is what a record is known by'
  if (name === 'system') return 'it is where the record comes from'
  const field = LINE_FIELDS.find((known) => known === name)
  if (!field) return `a ${job.objectType.replaceAll('_', ' ')} has no such field; it has ${LINE_FIELDS.join(', ')}`
  const source: FieldSource = job.mapping.fields[field] ?? { column: field }
  if ('value' in source) return `the job says "${source.value}" for every record; correct the job`
  if ('calendar' in source) return `it is looked up by the date in "${source.calendar}"; let that date be corrected`
  const columns = 'column' in source ? [source.column] : source.firstOf
  const ofKey = columns.filter((column) => keyColumnsOf(job)?.includes(column))
  return ofKey.length > 0 ? `its column "${ofKey[0]}" is part of the key, by which the record is known` : null
}
