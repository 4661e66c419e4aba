import type { Transaction } from '#db/client.ts'
import { StaleDiff } from '#db/load/publish.ts'
import { closeSettledStatements, findInChain, findRepeatedReferences, listMovedAccounts } from '#db/load/statement-findings.ts'
import { publishStatements, settleStatements } from '#db/load/statements.ts'
import { FINDINGS_MAX, findingDraft, referenceDraft } from '#server/domain/bank-exceptions.ts'
import { raiseRouted } from '../triage/raise-routed.ts'

type OfLoad = { readonly loadId: number; readonly runId: number; readonly systemId: number }
type OfBank = {
  readonly run: { readonly runId: number; readonly jobId: number }
  readonly bank: string
  readonly entities: readonly string[]
}

/** The statements of a load become current. Under the publish lock: what another run published meanwhile is seen. */
export async function makeStatementsCurrent(tx: Transaction, load: OfLoad, publication: number): Promise<void> {
  const { altered } = await settleStatements(tx, load)
  if (altered.length > 0) throw new StaleDiff()
  await publishStatements(tx, load, publication)
}

/**
 * What the statements of each account that a publication moved show beside each other becomes exceptions, and what they no longer show closes,
 * whichever run had found it. In the transaction that publishes, or withdraws.
 */
export async function judgeStatements(
  tx: Transaction,
  { run, bank, entities }: OfBank,
  load: Pick<OfLoad, 'loadId' | 'systemId'>,
  publication: number,
): Promise<{ opened: number[]; closed: number[] }> {
  const accounts = await listMovedAccounts(tx, publication)
  if (accounts.length === 0) return { opened: [], closed: [] }
  const inChain = await findInChain(tx, load.systemId, accounts, FINDINGS_MAX)
  const twice = await findRepeatedReferences(tx, load, accounts, FINDINGS_MAX)
  const drafts = [
    ...inChain.map((found) => findingDraft(bank, found, entities)),
    ...twice.map((found) => referenceDraft(bank, found, entities)),
  ]
  const opened: number[] = []
  for (const draft of drafts) opened.push(await raiseRouted(tx, run, draft))
  const standing = drafts.map(({ fingerprint }) => fingerprint)
  const closed = await closeSettledStatements(tx, { bank, accounts, runId: run.runId, standing })
  return { opened, closed: closed.map((e) => e.exception_id) }
}
