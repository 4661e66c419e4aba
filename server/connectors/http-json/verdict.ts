import { TechnicalError, type TechnicalCode } from '#server/domain/errors.ts'

/**
 * What a status means, before anyone looks at the body: a busy gateway answers 503 with a page of HTML, and that is no
 * changed contract. Null when the body may be read as a page. Redirects are handled before this.
 */
export function codeOfStatus(status: number): TechnicalCode | null {
  if (status === 200) return null
  if (Object.hasOwn(CODES, status)) return CODES[status]!
  if (status >= 500) return 'source_unavailable'
  // Another 2xx (accepted, no content, part of it) is an answer, but not the page we asked for.
  return status >= 200 && status < 300 ? 'source_contract_changed' : 'source_refused'
}

const CODES: Readonly<Record<number, TechnicalCode>> = {
  401: 'credential_refused',
  403: 'credential_refused',
  404: 'source_endpoint_unknown',
  408: 'source_timed_out',
  410: 'source_endpoint_unknown',
  425: 'source_timed_out',
  429: 'source_throttled',
  // Not implemented, HTTP version, sign in to the network first: waiting does not help.
  501: 'source_refused',
  505: 'source_refused',
  511: 'source_refused',
}

/** What a failure below HTTP means. `answered`: the status line had arrived. Null for a defect of our own. */
export function failureOfTransport(error: unknown, answered: boolean): TechnicalError | null {
  if (error instanceof TechnicalError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code === null) return null
  if (answered) return new TechnicalError('source_cut_short', `the answer stopped before its end (${code})`, { cause: error })
  if (code.startsWith('HPE_'))
    return new TechnicalError('source_contract_changed', `the answer is not HTTP (${code})`, { cause: error })
  if (code === 'ETIMEDOUT') return new TechnicalError('source_timed_out', 'no connection in time (ETIMEDOUT)', { cause: error })
  return new TechnicalError('source_unreachable', `no connection, or closed before an answer (${code})`, { cause: error })
}
