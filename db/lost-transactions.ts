import { setImmediate } from 'node:timers/promises'
import type postgres from 'postgres'

/** The parts of postgres.js 3.4 that are held on to here. */
type Scope = {
  unsafe: (text: string, ...rest: unknown[]) => unknown
  begin?: (...args: unknown[]) => Promise<unknown>
  savepoint?: (...args: unknown[]) => Promise<unknown>
}

/**
 * Lets the work of a transaction rest for ever once its connection is gone; whoever waits for the transaction is told.
 * postgres.js 3.4.9 would go on with it: its next statement, or its rollback, ends the process (`Cannot read properties of null`,
 * thrown where nobody can catch it), or, when the connection was opened again meanwhile, runs there, outside of any transaction or in the
 * middle of somebody else's.
 */
export function restLostTransactions(client: postgres.Sql): void {
  const scope = client as unknown as Required<Pick<Scope, 'begin'>>
  const { begin } = scope
  scope.begin = (...args) => {
    let isOver = false
    const end = () => {
      isOver = true
    }
    const outcome = begin(...withLast(args, () => isOver))
    outcome.then(end, end)
    return outcome
  }
}

function withLast(args: unknown[], isOver: () => boolean): unknown[] {
  const work = args.at(-1) as (scope: Scope) => unknown
  const guarded = async (scope: Scope) => {
    try {
      const result = await work(guard(scope, isOver))
      if (isOver()) await resting()
      return result
    } catch (error) {
      // The loss of a connection is told to its statement and to its transaction in one turn; in which order is left open.
      await setImmediate()
      if (isOver()) await resting()
      throw error
    }
  }
  return [...args.slice(0, -1), guarded]
}

function guard(scope: Scope, isOver: () => boolean): Scope {
  const { unsafe, savepoint } = scope
  scope.unsafe = (text, ...rest) => (isOver() ? resting() : unsafe(text, ...rest))
  if (savepoint) scope.savepoint = (...args) => savepoint(...withLast(args, isOver))
  return scope
}

/** What a statement looks like to who awaits it. A promise of its own each time: one for all would keep whatever ever waited for it. */
function resting(): Promise<never> {
  const never: Promise<never> = new Promise<never>(() => {})
  return Object.assign(never, { values: () => never, simple: () => never, execute: () => never })
}
