import type { Audited } from '../perform.ts'

/** One event for the act, and one for each exception its record waited behind. */
export function auditedCorrection(
  action: string,
  { correctionId, exceptionIds }: { readonly correctionId: number; readonly exceptionIds: readonly number[] },
  before: unknown,
  after: unknown,
): Audited[] {
  return [
    { action, objectType: 'correction', objectId: String(correctionId), before, after },
    ...exceptionIds.map((id) => ({ action, objectType: 'exception', objectId: String(id), after: { correctionId } })),
  ]
}
