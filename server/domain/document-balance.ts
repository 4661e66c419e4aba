import type { Line } from './line.ts'

/**
 * Tells of lines, as they come, whether every stretch of lines of one document and currency balances. Then every document does,
 * wherever its stretches stand; where one does not, the document may still go on later, and the database decides.
 */
export class DocumentBalance {
  private entity = ''
  private document = ''
  private currency = ''
  private sum = 0n
  private isOpen = true

  add(line: Line): void {
    if (line.document !== this.document || line.currency !== this.currency || line.entity !== this.entity) {
      if (this.sum !== 0n) this.isOpen = false
      this.entity = line.entity
      this.document = line.document
      this.currency = line.currency
      this.sum = 0n
    }
    this.sum += line.debit - line.credit
  }

  get holds(): boolean {
    return this.isOpen && this.sum === 0n
  }
}
