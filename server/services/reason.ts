import { Refusal } from '#server/domain/errors.ts'

export const REASON_LENGTH_MIN = 5

/** For what is not done without saying why. Throws Refusal (reason_missing). */
export function requireReason(reason: string | undefined): void {
  if ((reason ?? '').trim().length < REASON_LENGTH_MIN) throw new Refusal('reason_missing')
}
