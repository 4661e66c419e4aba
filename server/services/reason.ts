import { Refusal } from '#server/domain/errors.ts'

const REASON_CHARACTERS_MIN = 5

/** Throws Refusal (reason_missing). */
export function expectReason(reason: string | undefined): asserts reason is string {
  if ((reason ?? '').trim().length < REASON_CHARACTERS_MIN) throw new Refusal('reason_missing')
}
