import type { VendorNames } from './vendor-names.ts'

export type DatabaseCode = 'database_busy' | 'database_full' | 'database_refused'

/**
 * Serialization failure, deadlock, lock, statement or transaction timeout, shutdown, too many connections, out of memory; read-only, which
 * a server is while another takes its place: another try may succeed.
 */
const BUSY = /^(25006|25P0[34]|40001|40P01|55P03|57014|57P0[1235]|53[023]00|53400|08...)$/
/** Of the driver, and of the socket and the look-up of a name below it. */
const LOST = /^(CONNECTION_|CONNECT_|ECONN|EPIPE|ETIMEDOUT|EAI_|ENOTFOUND|EHOST|ENET|EADDRNOTAVAIL)/

/**
 * What our own database means by a code (PostgreSQL manual, appendix A). Null for the rest: a broken constraint or a wrong type is a
 * defect of ours, and has no name.
 */
export function codeOfDatabase(code: string): DatabaseCode | null {
  if (code === '53100') return 'database_full'
  if (BUSY.test(code) || LOST.test(code)) return 'database_busy'
  return REFUSED.has(code) ? 'database_refused' : null
}

/** No such role or password, no such database, no right. */
const REFUSED = new Set(['28000', '28P01', '3D000', '42501'])

export const POSTGRESQL: VendorNames = { facts: [], opaque: [] }
