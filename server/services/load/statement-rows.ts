import type { Database } from '#db/client.ts'
import { insertReferences, insertStatements, type ReferenceRow } from '#db/load/statements.ts'
import type { BankStatement, RecordBatch } from '#server/domain/record.ts'

const BUFFER_ROWS = 2_000
/** What banks write where they have no reference. */
const NO_REFERENCE = new Set(['', 'NONREF', 'NOTPROVIDED'])
const LONGEST_REFERENCE = 200

type Of = { readonly loadId: number; readonly runId: number; readonly systemId: number }

/** Bank statements and the references of their entries, on their way into the database. */
export class StatementRows {
  count = 0
  private references: ReferenceRow[] = []
  private columns: readonly string[] | null = null
  private at: { account: number; statement: number; entry: number; reference: number } | null = null

  constructor(
    private readonly db: Database,
    private readonly of: Of,
  ) {}

  async addStatements(artifactId: number, statements: readonly BankStatement[]): Promise<void> {
    this.count += statements.length
    await insertStatements(this.db, this.of, artifactId, statements)
  }

  /** Returns at once for what comes from no bank. */
  addReferences(artifactId: number, { columns, rows, positions }: RecordBatch): Promise<void> | undefined {
    if (columns !== this.columns) this.look(columns)
    const { at } = this
    if (!at) return
    for (const [i, row] of rows.entries()) {
      const reference = row[at.reference]!.trim()
      if (NO_REFERENCE.has(reference) || reference.length > LONGEST_REFERENCE) continue
      // Details that share the reference of their entry are that entry.
      const entry = `${row[at.statement]} ${row[at.entry]!.split('.')[0]}`
      this.references.push({ artifact_id: artifactId, position: positions[i]!, account: row[at.account]!, reference, entry })
    }
    return this.references.length >= BUFFER_ROWS ? this.flush() : undefined
  }

  async flush(): Promise<void> {
    const rows = this.references
    this.references = []
    if (rows.length > 0) await insertReferences(this.db, this.of, rows)
  }

  private look(columns: readonly string[]): void {
    this.columns = columns
    const [account, statement, entry, reference] = ['account', 'statement', 'entry', 'bank_reference'].map((name) =>
      columns.indexOf(name),
    )
    this.at =
      Math.min(account!, statement!, entry!, reference!) === -1
        ? null
        : { account: account!, statement: statement!, entry: entry!, reference: reference! }
  }
}
