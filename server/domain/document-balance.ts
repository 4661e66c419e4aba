import type { Line } from './line.ts'
import type { SeenKeys } from './seen-keys.ts'

/**
 * Tells of lines, as they come, what is certain of their documents; where it is not, the database decides.
 * A stretch is what comes together of one document: where every stretch balances, every document does, wherever its stretches stand.
 * A document that lost a record is not judged for its balance: what it lost is the cause.
 */
export class DocumentBalance {
  private entity = ''
  private document = ''
  private currency = ''
  private sum = 0n
  private hasKept = false
  private hasLost = false
  private isOpen = true
  private isTorn = false

  /** `documents`: told of every stretch, and so of a document that has two; null where nobody asks what is left of documents. */
  constructor(private readonly documents: SeenKeys | null = null) {}

  /** A line that passed. */
  add(line: Line): void {
    if (line.document !== this.document || line.entity !== this.entity) this.begin(line)
    if (line.currency !== this.currency) {
      this.settle()
      this.currency = line.currency
    }
    this.sum += line.debit - line.credit
    this.hasKept = true
  }

  /** A line that did not. One without a document is missed by none. */
  lose(line: Pick<Line, 'entity' | 'document'>): void {
    if (line.document !== this.document || line.entity !== this.entity) this.begin(line)
    this.hasLost = line.document !== ''
  }

  /** Every document balances that lost no record. */
  get holds(): boolean {
    return this.isOpen && this.isSettled
  }

  /** No document that lost a record has another one that passed. */
  get areLostWhole(): boolean {
    return this.documents !== null && !this.documents.mayRepeat && !this.isTorn && !(this.hasKept && this.hasLost)
  }

  private begin({ entity, document }: Pick<Line, 'entity' | 'document'>): void {
    this.settle()
    if (this.hasKept && this.hasLost) this.isTorn = true
    this.entity = entity
    this.document = document
    this.hasKept = false
    this.hasLost = false
    if (document !== '') this.documents?.add(`${entity}\u0000${document}`)
  }

  private settle(): void {
    if (!this.isSettled) this.isOpen = false
    this.sum = 0n
  }

  private get isSettled(): boolean {
    return this.sum === 0n || this.hasLost
  }
}
