import type { TouchedCertification } from '#db/queries/touched-certifications.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'

/** Certifications that something would supersede: those of entities the reader may see by name, the others as their number. */
export type TouchedInScope = {
  readonly named: readonly TouchedCertification[]
  readonly outside: number
  /** Of both, those that people signed. What a rule certified, it certifies anew. */
  readonly signed: number
}

export function touchedInScope(touched: readonly TouchedCertification[], reader: Pick<Actor, 'entityScope'>): TouchedInScope {
  const named = touched.filter(({ entity }) => seesEntity(reader, entity))
  return { named, outside: touched.length - named.length, signed: touched.filter(({ isAutomatic }) => !isAutomatic).length }
}
