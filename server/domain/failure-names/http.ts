import type { TechnicalCode } from '../errors.ts'
import type { VendorNames } from './vendor-names.ts'

/**
 * What a status means, before anyone looks at the body: a busy gateway answers 503 with a page of HTML, and that is no
 * changed contract. Null when the body may be read as a page. Redirects are handled before this. RFC 9110, RFC 6585, RFC 8470.
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

/** A refusal in words under one of these may be a matter of the books as well as of the request. */
export const HTTP: VendorNames = {
  facts: [
    {
      from: 'RFC 6749 section 5.2, RFC 6750 section 3.1',
      codes: { invalid_client: 'credential_refused', invalid_grant: 'credential_refused', invalid_token: 'credential_refused' },
    },
  ],
  opaque: [400, 409, 412, 422],
}
