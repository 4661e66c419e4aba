import type { Draft } from './exception.ts'
import type { ObjectType } from './record.ts'
import { fieldWords, MASTER_DATA_RULES, sentence } from './rules/catalogue.ts'

/** What one system says of a member; `hasValidity`: it states validities of that dimension at all. */
export type SaidOfMember = {
  readonly system: string
  readonly isThere: boolean
  readonly name: string | null
  readonly isActive: boolean | null
  readonly validFrom: string
  readonly validTo: string
  readonly hasValidity: boolean
}
/** A member of which systems that carry it say different things. */
export type Drift = { dimension: ObjectType; entity: string; code: string; said: SaidOfMember[] }

/** More members of one dimension than this are shown as one cause: two lists that drifted apart, not that many members. */
export const DRIFTS_MAX = 200

/** One a member, whichever load shows it; it closes when the systems agree. */
export function driftDraft({ dimension, entity, code, said }: Drift): Draft {
  return {
    ...draftOf(dimension, entity, code),
    detail: `${said.map((one) => `${one.system}: ${wordsOf(one, said)}`).join('; ')}${entity === '' ? '' : ` (${entity})`}`,
  }
}

/** Where more than DRIFTS_MAX members differ. */
export const manyDriftsDraft = (dimension: ObjectType): Draft => ({
  ...draftOf(dimension, '', ''),
  title: `More than ${DRIFTS_MAX} members of ${fieldWords(dimension).toLowerCase()} are not the same in all systems`,
  detail: 'So many differ that the lists should be compared rather than the members.',
})

export const driftFingerprint = ({ dimension, entity, code }: Pick<Drift, 'dimension' | 'entity' | 'code'>): string =>
  ['business', 'member_drift', dimension, entity, code].join('|')

function draftOf(dimension: ObjectType, entity: string, code: string): Draft {
  const concerned = dimension === 'entity' ? code : entity
  return {
    fingerprint: driftFingerprint({ dimension, entity, code }),
    failureClass: 'business',
    code: 'member_drift',
    subject: { field: dimension, value: code, ...(entity && { entity }) },
    title: sentence(MASTER_DATA_RULES.member_drift.title, { field: fieldWords(dimension), value: code }),
    detail: '',
    entities: concerned === '' ? [] : [concerned],
    slices: [],
  }
}

/** Only what they differ in, so that the difference is what one reads. */
function wordsOf(one: SaidOfMember, all: readonly SaidOfMember[]): string {
  if (!one.isThere) return 'not there'
  const present = all.filter(({ isThere }) => isThere)
  const differ = (of: (said: SaidOfMember) => unknown) => new Set(present.map(of)).size > 1
  const parts = [
    ...(differ(({ name }) => plain(name)) || present.length === 1 ? [`“${one.name}”`] : []),
    ...(differ(({ isActive }) => isActive) ? [one.isActive ? 'active' : 'inactive'] : []),
    ...(one.hasValidity && differ(({ validFrom, validTo }) => `${validFrom} ${validTo}`) ? [validity(one)] : []),
  ]
  return parts.join(', ') || 'there'
}

const plain = (name: string | null) => (name ?? '').trim().replace(/\s+/g, ' ').toLowerCase()

function validity({ validFrom, validTo }: SaidOfMember): string {
  if (validFrom === '' && validTo === '') return 'valid without end'
  return ['valid', ...(validFrom ? [`from ${validFrom}`] : []), ...(validTo ? [`to ${validTo}`] : [])].join(' ')
}
