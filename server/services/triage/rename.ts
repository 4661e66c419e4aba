import type { Transaction } from '#db/client.ts'
import { renameException, type ClassifiableRow } from '#db/queries/classification.ts'
import { failureFingerprint } from '#server/domain/exception.ts'
import { classOf, titleOf, type FailureCode } from '#server/domain/failure-names/said.ts'
import { UNNAMED } from '#server/domain/retry.ts'
import type { Audited } from '../perform.ts'
import { routeExceptions } from './route-exceptions.ts'

/** Who named it, by which rule; null: it has no name any more. */
export type GivenName = { readonly code: FailureCode; readonly by: string; readonly ruleId: number | null } | null

/** Gives an exception a name or takes it away: class, code, cause and, as it is another cause now, who gets it and by when. */
export async function rename(tx: Transaction, row: ClassifiableRow, given: GivenName): Promise<Audited> {
  const name = given
    ? { failureClass: classOf(given.code), code: given.code, title: titleOf(given.code) }
    : { failureClass: 'unclassified' as const, ...UNNAMED }
  await renameException(tx, row.exceptionId, {
    ...name,
    fingerprint: failureFingerprint(row.jobId, { ...name, detail: row.detail, said: row.said }, row.file),
    classifiedBy: given?.by ?? null,
    ruleId: given?.ruleId ?? null,
  })
  await routeExceptions(tx, [row.exceptionId], null, true)
  return {
    action: given ? 'exception.classified' : 'exception.unclassified',
    objectType: 'exception',
    objectId: `${row.exceptionId}`,
    before: { class: row.failureClass, code: row.code },
    after: { class: name.failureClass, code: name.code, rule: given?.ruleId ?? row.ruleId, revision: row.revision + 1 },
  }
}
