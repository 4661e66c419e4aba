import type { VendorNames } from './vendor-names.ts'
import type { FailureCode } from './said.ts'

const REACH = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EPIPE',
  'EADDRNOTAVAIL',
  // TLS spoken to who does not.
  'EPROTO',
]
const CERTIFICATE = [
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]
const CUT = ['ERR_STREAM_PREMATURE_CLOSE', 'Z_BUF_ERROR', 'Z_DATA_ERROR']
const all = (codes: readonly string[], name: FailureCode) => Object.fromEntries(codes.map((code) => [code, name]))

/** Codes of Node and of the sockets below it, where the other side is a source. Before an answer began, unless it says so itself. */
export const NODE: VendorNames = {
  facts: [
    {
      from: 'Node.js documentation, errors: common system errors, OpenSSL errors; zlib: error codes',
      codes: {
        ...all(REACH, 'source_unreachable'),
        ...all(CERTIFICATE, 'source_certificate_refused'),
        ...all(CUT, 'source_cut_short'),
        ETIMEDOUT: 'source_timed_out',
        ESOCKETTIMEDOUT: 'source_timed_out',
      },
    },
  ],
  opaque: [],
}
