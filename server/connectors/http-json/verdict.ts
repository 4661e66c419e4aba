import { TechnicalError } from '#server/domain/errors.ts'
import { AnsweredRefusal } from '#server/domain/failure-names/answered-refusal.ts'
import { nameFailure } from '#server/domain/failure-names/name-failure.ts'
import { isRefused, type Said } from '#server/domain/failure-names/said.ts'

/** What was said without the token: a body may write it in ways the body's own text does not show. */
export const withoutToken = (said: Said, redact: (text: string) => string): Said => ({
  ...said,
  codes: said.codes.map((code) => redact(code)),
  texts: said.texts.map((text) => redact(text)),
})

const WORDS_MAX_CHARACTERS = 300
/** Codes and sentences on one line; null where it said nothing. */
export function wordsOfSaid({ codes, texts }: Said): string | null {
  const words = [...new Set([...codes, ...texts])].join('; ').replace(/[\s\p{Cc}]+/gu, ' ')
  return words === '' ? null : words.slice(0, WORDS_MAX_CHARACTERS)
}

/** What a source said becomes what the run ends with. The detail is for IT and never holds a secret. */
export function failureOfSaid(said: Said, detail: string, retryAfterMs: number | null = null): TechnicalError | AnsweredRefusal {
  const code = nameFailure(said)
  return code === null || isRefused(code)
    ? new AnsweredRefusal(code, detail, said)
    : new TechnicalError(code, detail, { retryAfterMs })
}

/**
 * What a failure below HTTP means. `answered`: the status line had arrived. Null for a defect of our own, also where it carries a code:
 * only those of sockets, certificates and unpacking are a source's.
 */
export function failureOfTransport(error: unknown, answered: boolean): TechnicalError | null {
  if (error instanceof TechnicalError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code === null) return null
  if (code.startsWith('HPE_')) {
    return answered
      ? cutShort(code, error)
      : new TechnicalError('source_contract_changed', `the answer is not HTTP (${code})`, { cause: error })
  }
  const name = /^(Z_|ERR__ERROR_|ERR_BROTLI_)/.test(code)
    ? 'source_cut_short'
    : nameFailure({ vendor: 'node', status: null, codes: [code], texts: [] })
  if (name === null || isRefused(name)) return null
  if (answered || name === 'source_cut_short') return cutShort(code, error)
  const words =
    name === 'source_timed_out'
      ? 'no connection in time'
      : name === 'source_unreachable'
        ? 'no connection, or closed before an answer'
        : 'no connection'
  return new TechnicalError(name, `${words} (${code})`, { cause: error })
}

const cutShort = (code: string, cause: unknown) =>
  new TechnicalError('source_cut_short', `the answer stopped before its end (${code})`, { cause })
