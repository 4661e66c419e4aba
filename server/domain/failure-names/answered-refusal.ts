import type { RefusedCode } from '../rules/refused.ts'
import type { Said } from './said.ts'

/**
 * A system answered a refusal that is no technical failure: a business one, or one without a name (null). `said` is kept, so that
 * IT can name it later. Never holds a secret.
 */
export class AnsweredRefusal extends Error {
  override readonly name = 'AnsweredRefusal'
  constructor(
    readonly code: RefusedCode | null,
    readonly detail: string,
    readonly said: Said,
  ) {
    super(detail)
  }
}
