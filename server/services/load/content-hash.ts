import { hash } from 'node:crypto'
import type { Line } from '#server/domain/line.ts'

/**
 * Tells whether a line says the same as the one that stands: half of a SHA-256 over every canonical field. Identity
 * (system, source key) is not in it, nor where the line was read. Taken over what the database
 * keeps, so that verify can take it again from the row.
 */
export function contentHash(line: Line): string {
  return hash(
    'sha256',
    `${line.entity}\n${line.period}\n${line.version}\n${line.currency}\n${line.debitText}\n${line.creditText}\n${
      line.account
    }\n${line.costCentre}\n${line.project}\n${line.counterparty}\n${line.accountingStatus}\n${line.document}\n${line.effectiveOn}\n${line.postedOn}\n${
      line.description
    }`,
  ).slice(0, 32)
}
