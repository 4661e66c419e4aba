import { hash } from 'node:crypto'
import type { Line } from '#server/domain/line.ts'
import { TextBytes } from '#server/domain/text-bytes.ts'

/**
 * Tells whether a line says the same as the one that stands: half of a SHA-256 over every canonical field. Identity
 * (system, source key) is not in it, nor where the line was read. Taken over what the database
 * keeps, so that verify can take it again from the row.
 */
export function contentHash(line: Line): string {
  add(line.entity)
  add(line.period)
  add(line.version)
  add(line.currency)
  add(line.debitText)
  add(line.creditText)
  add(line.account)
  add(line.costCentre)
  add(line.project)
  add(line.counterparty)
  add(line.accountingStatus)
  add(line.document)
  add(line.effectiveOn)
  add(line.postedOn)
  add(line.description)
  return hash('sha256', content.takeForNow()).slice(0, 32)
}

/** One for all: nothing waits between the first field and the hash. */
const content = new TextBytes(4 * 1024)
const add = (text: string): void => content.add(text, LF, asItIs)
const LF = 10
const asItIs = (text: string): string => text
