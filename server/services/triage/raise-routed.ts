import type { Transaction } from '#db/client.ts'
import { raiseException, type ExceptionDraft } from '#db/load/exceptions.ts'
import { routeExceptions } from './route-exceptions.ts'

/** Opens an exception that no record waits behind, or adds to the open one of the same cause, and routes it. */
export async function raiseRouted(
  tx: Transaction,
  run: { runId: number | null; jobId: number },
  draft: ExceptionDraft,
  heldRunId: number | null = null,
): Promise<number> {
  const exceptionId = await raiseException(tx, run, draft)
  await routeExceptions(tx, [exceptionId], heldRunId)
  return exceptionId
}
